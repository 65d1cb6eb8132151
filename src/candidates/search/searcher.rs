//! Who searches: with their reach for each kind of text.

use crate::access::{Action, Actor, Reach};
use crate::ids::{AnyId, UserId};

/// Who searches, with their reach for each kind of text.
#[derive(Debug, Clone)]
pub(super) struct Searcher {
    pub(super) user_id: UserId,
    /// Who is noted as author.
    pub(super) author_id: AnyId,
    /// Whether tags are for them where contact points are.
    pub(super) reads_tags: bool,
    pub(super) candidates: Reach,
    pub(super) contacts: Reach,
    pub(super) notes: Reach,
    pub(super) private_notes: Reach,
    pub(super) resume: Reach,
    pub(super) files: Reach,
}

impl Searcher {
    pub(super) fn of(actor: &Actor) -> Self {
        Self {
            user_id: actor.user_id,
            author_id: actor.reader_id(),
            reads_tags: actor.agency_id.is_none(),
            candidates: Reach::of(actor, Action::ReadCandidate),
            contacts: Reach::of(actor, Action::ReadContactPoints),
            notes: Reach::of(actor, Action::ReadNotes),
            private_notes: Reach::of(actor, Action::ReadPrivateNotes),
            resume: Reach::of(actor, Action::ReadResume),
            files: Reach::of(actor, Action::ReadAttachments),
        }
    }
}

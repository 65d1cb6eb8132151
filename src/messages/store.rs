//! Queries on `candidate_messages`.

use diesel::prelude::*;

use super::{Language, MessageDirection, MessageEnd, MessagePurpose, MessageState, ZoneOf};
use crate::access::{Permit, Reach, jobs_in_reach, owed_applications};
use crate::clock::Instant;
use crate::db::schema::{applications, candidate_messages, jobs};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::PageRequest;
use crate::ids::{
    AnyId, ApplicationId, CandidateId, InterviewId, MessageId, MessageTemplateId, StageId, UserId,
};

/// A row of `candidate_messages`: a mail to a candidate, or one that was recorded.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = candidate_messages, treat_none_as_default_value = false)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// For which application.
    pub application_id: ApplicationId,
    /// To or from whom.
    pub candidate_id: CandidateId,
    /// What for.
    pub purpose: MessagePurpose,
    /// Who wrote to whom.
    pub direction: MessageDirection,
    /// Where it stands.
    pub state: MessageState,
    /// The person or the service account that wrote or recorded it.
    pub author_id: AnyId,
    /// The person behind it.
    pub sender_id: UserId,
    /// By which template.
    pub template_id: Option<MessageTemplateId>,
    /// In which language.
    pub language: Language,
    /// One line.
    pub subject: String,
    /// The words.
    pub body: String,
    /// The address that it went to, once it was on its way.
    pub recipient: Option<String>,
    /// By which zone its time was chosen.
    pub time_zone: Option<String>,
    /// Whose zone that is.
    pub time_zone_of: Option<ZoneOf>,
    /// When it goes out.
    pub send_at: Option<Instant>,
    /// When the mail server took it; when it went or came, for one that was recorded.
    pub sent_at: Option<Instant>,
    /// The stage in which it was written.
    pub stage_id: Option<StageId>,
    /// The interview that it tells of.
    pub interview_id: Option<InterviewId>,
    /// Which of the times of that interview.
    pub interview_sequence: Option<i32>,
    /// Why it was not sent.
    pub ended_because: Option<MessageEnd>,
    /// What the mail server said; no address.
    pub ended_detail: Option<String>,
    /// Guards updates.
    pub version: i64,
    /// When it was written.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// Whether a reader may know of a message: their own, and others' while they owe no scorecard for its application.
#[diesel::dsl::auto_type]
fn known_to(reader: UserId) -> _ {
    let owed: owed_applications = owed_applications(reader);
    candidate_messages::sender_id.eq(reader).or(candidate_messages::application_id.ne_all(owed))
}

/// One row by its id.
pub fn find(conn: &mut Conn, id: MessageId) -> QueryResult<Option<Message>> {
    candidate_messages::table.find(id).first(conn).optional()
}

/// One message that a reader of its application may know of.
pub(super) fn find_known(
    conn: &mut Conn,
    id: MessageId,
    reader: UserId,
) -> QueryResult<Option<Message>> {
    candidate_messages::table.find(id).filter(known_to(reader)).first(conn).optional()
}

/// One page of the messages of an application that a reader may know of, newest first.
pub(super) fn of_application(
    conn: &mut Conn,
    id: ApplicationId,
    reader: UserId,
    page: &PageRequest,
) -> QueryResult<Vec<Message>> {
    let mut query = candidate_messages::table
        .filter(candidate_messages::application_id.eq(id))
        .filter(known_to(reader))
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(candidate_messages::id.lt(before));
    }
    query.order(candidate_messages::id.desc()).limit(page.fetch()).load(conn)
}

/// One page of the messages of a candidate, of the applications in reach, that a reader may know of, newest first.
pub(super) fn of_candidate(
    conn: &mut Conn,
    id: CandidateId,
    (reach, reader): (Reach, UserId),
    page: &PageRequest,
) -> QueryResult<Vec<Message>> {
    let mut query = candidate_messages::table
        .inner_join(applications::table.on(applications::id.eq(candidate_messages::application_id)))
        .inner_join(jobs::table.on(jobs::id.eq(applications::job_id)))
        .filter(candidate_messages::candidate_id.eq(id))
        .filter(jobs_in_reach(reach))
        .filter(known_to(reader))
        .select(candidate_messages::all_columns)
        .into_boxed();
    if let Some(before) = page.before {
        query = query.filter(candidate_messages::id.lt(before));
    }
    query.order(candidate_messages::id.desc()).limit(page.fetch()).load(conn)
}

/// How many messages an application has.
pub(super) fn count(conn: &mut Conn, id: ApplicationId) -> QueryResult<i64> {
    let of_it = candidate_messages::table.filter(candidate_messages::application_id.eq(id));
    of_it.count().get_result(conn)
}

/// Inserts a message.
pub(super) fn insert(tx: &mut Tx<'_>, _permit: &Permit, row: &Message) -> Result<()> {
    diesel::insert_into(candidate_messages::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Saves where a message stands, whose version is still the one that was read. Its words never change.
pub(super) fn save(tx: &mut Tx<'_>, _permit: &Permit, row: &Message) -> Result<()> {
    let now = tx.now();
    let unchanged =
        candidate_messages::table.find(row.id).filter(candidate_messages::version.eq(row.version));
    let saved = diesel::update(unchanged)
        .set((
            candidate_messages::state.eq(row.state),
            candidate_messages::recipient.eq(&row.recipient),
            candidate_messages::sent_at.eq(row.sent_at),
            candidate_messages::ended_because.eq(row.ended_because),
            candidate_messages::ended_detail.eq(&row.ended_detail),
            candidate_messages::version.eq(row.version + 1),
            candidate_messages::updated_at.eq(now),
        ))
        .execute(tx.conn)?;
    if saved == 1 { Ok(()) } else { Err(Error::stale()) }
}

//! Links that act: one object, one action, expiring, revocable, used once.
//!
//! Table: `capabilities`. The secret in a link is derived from the capability's id
//! ([`crate::sessions::DerivedSecrets`]), so that a mail that is sent twice holds the same link; what
//! is stored is its hash. The page behind `/l/{secret}` shows what the link is for and never acts,
//! because programs that look into mails follow links; its form does.
//!
//! A link is no sign-in: it opens one thing and lists nothing. Most kinds end with their first post.
//! One that takes several steps, a scorecard's, is bound to the browser that first posts through it,
//! and asks every other one to sign in. A calendar's is followed by a program again and again, shows
//! and never acts, and is no page. A candidate's, which says when
//! an interview takes place, takes several steps in any browser: they have no account to sign in to, and
//! read their mail on more than one machine.
//!
//! Invariants: of a person's links of one kind to one thing only the newest works; links of somebody who may not
//! act any more do not work; whatever is wrong with a link, the answer is the same.

pub(crate) mod commands;
mod model;
pub(crate) mod store;

pub use commands::NewLink;
pub use model::CapabilityKind;

//! What can go wrong, without HTTP. `http::problem` gives each code its status and title.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;

/// The result of everything that can fail for a reason that somebody is told.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $text:literal),+ $(,)?) => {
        /// A word to branch on. Reuse one before adding one; never reuse one for two meanings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// Every code, alphabetical.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

codes! {
    /// The candidate already has a live application for the job.
    AlreadyApplied "already_applied",
    /// Somebody sits on another interview at that time.
    AlreadyBooked "already_booked",
    /// The same thing stands there already.
    AlreadyExists "already_exists",
    /// Nothing is left of the candidate that could be changed.
    CandidateAnonymized "candidate_anonymized",
    /// The database could not be reached, or could not write.
    DatabaseUnavailable "database_unavailable",
    /// Only the named decider decides.
    DecisionMissing "decision_missing",
    /// Its author has typed something on the card, which nobody else hands in or overwrites.
    DraftNotEmpty "draft_not_empty",
    /// The caller may know that the thing exists, but not do this with it.
    Forbidden "forbidden",
    /// The same idempotency key is being worked on at this moment.
    IdempotencyKeyInUse "idempotency_key_in_use",
    /// The idempotency key was used with another payload.
    IdempotencyKeyReused "idempotency_key_reused",
    /// The life of the thing knows no such step from where it stands.
    IllegalTransition "illegal_transition",
    /// Something inside failed; the log has the request id.
    Internal "internal",
    /// The body is JSON, but not what this operation takes.
    Invalid "invalid",
    /// The paging cursor is not one of ours, or belongs to other filters.
    InvalidCursor "invalid_cursor",
    /// The body is not JSON.
    MalformedJson "malformed_json",
    /// The path is known, the method is not.
    MethodNotAllowed "method_not_allowed",
    /// There is no such thing, or the caller may not know that there is.
    NotFound "not_found",
    /// The policy of the organization has it not measured.
    NotMeasured "not_measured",
    /// A guard of a decision or an offer does not hold.
    NotReady "not_ready",
    /// The body is longer than the limit.
    PayloadTooLarge "payload_too_large",
    /// The operation wants an `If-Match` header.
    PreconditionRequired "precondition_required",
    /// A published version never changes.
    Published "published",
    /// Something else still refers to it.
    StillInUse "still_in_use",
    /// The organization was set up before.
    SetUpAlready "set_up_already",
    /// Somebody else took the slot, or the time is gone.
    SlotTaken "slot_taken",
    /// The application is no longer in the stage that the move started from.
    StageMoved "stage_moved",
    /// The row has a newer version than the one in `If-Match`.
    Stale "stale",
    /// Somebody else has to take something over first.
    SuccessorRequired "successor_required",
    /// The vote was for other terms than the current ones.
    TermsChanged "terms_changed",
    /// Too much at once; try again after the named time.
    TooManyRequests "too_many_requests",
    /// No token, a forged, expired or revoked one, or wrong credentials.
    Unauthenticated "unauthenticated",
    /// A field that the operation does not know.
    UnknownField "unknown_field",
    /// The content type is not one that the operation reads.
    UnsupportedMediaType "unsupported_media_type",
}

/// Where in a request a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The JSON body.
    Body,
    /// The query string.
    Query,
    /// A header.
    Header,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where the field stands.
    #[serde(rename = "in")]
    pub place: Place,
    /// JSON Pointer (RFC 6901) to it; for a query parameter or header `/` and its name.
    #[schema(example = "/openings/0/target_start_on")]
    pub pointer: String,
    /// A word to branch on.
    #[schema(example = "too_long")]
    pub code: Cow<'static, str>,
    /// A sentence for people.
    #[schema(example = "At most 200 characters.")]
    pub detail: String,
}

impl FieldError {
    /// A field of the body.
    pub fn body(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            place: Place::Body,
            pointer: pointer.into(),
            code: code.into(),
            detail: detail.into(),
        }
    }

    /// A query parameter.
    pub fn query(
        name: &str,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        let pointer = format!("/{name}");
        Self { place: Place::Query, pointer, code: code.into(), detail: detail.into() }
    }

    /// A header.
    pub fn header(
        name: &str,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        let pointer = format!("/{name}");
        Self { place: Place::Header, pointer, code: code.into(), detail: detail.into() }
    }
}

/// What was refused, and what would have allowed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The word of the policy; none where a key was stopped before the policy was asked.
    pub action: Option<&'static str>,
    /// What lacked: a scope of the key, a role, or a reach.
    pub lacking: String,
}

/// How a thing stands that the caller would have changed from an older version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// The tag of its version.
    pub etag: String,
    /// The thing as the caller may see it.
    pub value: serde_json::Value,
}

/// What a refusal shows beside its words, so that the caller can go on from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// With `stale`, where both texts are shown: how it is now.
    Current(Current),
    /// With `slot_taken`: the starts that are still free.
    FreeSlots(Vec<Instant>),
}

/// A failure with two audiences: `code`, `detail` and `fields` are for the caller, `source` is for
/// the log and never rendered.
#[derive(Debug)]
pub struct Error {
    /// The word to branch on.
    pub code: Code,
    /// A sentence for the caller; holds nothing that the caller may not know.
    pub detail: Cow<'static, str>,
    /// The fields that are wrong, in the order in which they were found.
    pub fields: Vec<FieldError>,
    /// What lacked, where the caller may know that the thing exists.
    pub denial: Option<Box<Denial>>,
    /// What the caller can go on from.
    pub beside: Option<Box<Beside>>,
    /// Methods to name in `Allow`.
    pub allow: Box<[String]>,
    /// After how many seconds it is worth trying again.
    pub retry_after: Option<i64>,
    /// What happened inside.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure with this code and sentence.
    pub fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = detail.into();
        Self {
            code,
            detail,
            fields: Vec::new(),
            denial: None,
            beside: None,
            allow: Box::default(),
            retry_after: None,
            source: None,
        }
    }

    /// Too much at once; it is worth trying again after so many seconds.
    pub fn too_many(detail: &'static str, seconds: i64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(Code::TooManyRequests, detail) }
    }

    /// No such thing, or hidden. The same body for both.
    pub fn not_found() -> Self {
        Self::new(Code::NotFound, "There is nothing here that you can see.")
    }

    /// No valid credentials.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "Sign in, and send the access token as a bearer token.")
    }

    /// One field of the body is wrong.
    pub fn invalid(
        pointer: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self::invalid_fields(vec![FieldError::body(pointer, code, detail)])
    }

    /// Several fields are wrong.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Self::new(Code::Invalid, "Some fields do not fit; see errors.") }
    }

    /// A field of the body names something that does not exist or cannot be used here.
    pub fn unknown_reference(pointer: impl Into<String>) -> Self {
        Self::invalid(pointer, "unknown_reference", "There is no such thing that you can see.")
    }

    /// Something inside failed.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let mut error =
            Self::new(Code::Internal, "Something failed on our side; nothing was changed.");
        error.source = Some(source.into());
        error
    }

    /// The database is not there at the moment.
    pub fn unavailable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let detail = "The database is not available at the moment; nothing was changed.";
        let mut error = Self::new(Code::DatabaseUnavailable, detail);
        error.source = Some(source.into());
        error
    }

    /// The row changed since the caller read it.
    pub fn stale() -> Self {
        Self::new(Code::Stale, "It changed since you read it; read it again.")
    }
}

/// Refuses a change by somebody who read another version; without an expectation it passes.
///
/// # Errors
/// `stale`.
pub fn check_version(expected: Option<i64>, version: i64) -> Result<()> {
    if expected.is_none_or(|expected| expected == version) { Ok(()) } else { Err(Error::stale()) }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source: &(dyn std::error::Error + 'static) = self.source.as_deref()?;
        Some(source)
    }
}

/// A life knows no such step from where the thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Illegal;

impl From<Illegal> for Error {
    fn from(_: Illegal) -> Self {
        Self::new(Code::IllegalTransition, "Where it stands, it cannot do this.")
    }
}

impl From<diesel::result::Error> for Error {
    #[expect(clippy::wildcard_enum_match_arm, reason = "diesel's list is open")]
    /// A query that failed although nobody expected it to. Conflicts are translated where they can
    /// happen, with [`UniqueAs::unique_as`].
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Query};
        match &error {
            Query::NotFound => Self::not_found(),
            Query::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
            | Query::BrokenTransactionManager => Self::unavailable(error),
            Query::DatabaseError(_, info) if is_outage(info.message()) => Self::unavailable(error),
            _ => Self::internal(error),
        }
    }
}

/// Messages by which the engines say that the machine, not the statement, is at fault: SQLite's
/// codes 5, 8, 10, 13 and 14, and PostgreSQL's classes 08, 53 and 57 as libpq words them, with
/// 25006, by which a standby tells that it is one.
fn is_outage(message: &str) -> bool {
    const OUTAGES: [&str; 12] = [
        "database or disk is full",
        "disk I/O error",
        "unable to open database file",
        "database is locked",
        "attempt to write a readonly database",
        "in a read-only transaction",
        "No space left on device",
        "server closed the connection",
        "terminating connection",
        "the database system is",
        "could not connect",
        "connection to server",
    ];
    OUTAGES.iter().any(|outage| message.contains(outage))
}

/// Translates a unique violation where it can happen, because SQLite names no constraint.
pub trait UniqueAs<T> {
    /// A unique violation becomes a conflict with this code and sentence.
    fn unique_as(self, code: Code, detail: &'static str) -> Result<T>;
}

impl<T> UniqueAs<T> for diesel::QueryResult<T> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "diesel's list is open")]
    fn unique_as(self, code: Code, detail: &'static str) -> Result<T> {
        use diesel::result::{DatabaseErrorKind::UniqueViolation, Error as Query};
        self.map_err(|error| match error {
            Query::DatabaseError(UniqueViolation, _) => Error::new(code, detail),
            other => other.into(),
        })
    }
}

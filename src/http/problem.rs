//! RFC 9457 problems: one table from code to status and title, one body for every error.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CACHE_CONTROL, ETAG, HeaderName, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, ResponseError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;
use crate::error::{Beside, Code, Error, FieldError};

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What every error looks like (RFC 9457).
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Problem)]
pub struct Problem {
    /// A stable URL path that explains the code.
    #[serde(rename = "type")]
    #[schema(example = "/problems/stage_moved")]
    pub kind: String,
    /// The same for every problem with this code.
    #[schema(example = "The application is no longer in that stage.")]
    pub title: Cow<'static, str>,
    /// The HTTP status.
    #[schema(example = 409, minimum = 400, maximum = 599)]
    pub status: u16,
    /// What was wrong this time.
    pub detail: Cow<'static, str>,
    /// The request id, as in `X-Request-Id` and in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The word to branch on.
    #[schema(example = "stage_moved")]
    pub code: Cow<'static, str>,
    /// With 403 the word of the policy for what was asked; absent where an API key was stopped at
    /// the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "manage_this_job")]
    pub action: Option<Cow<'static, str>>,
    /// With 403 what would have allowed it: a `scope` of the API key, a `role` in the organization,
    /// or a `reach`. `person` means that no API key may do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "scope: jobs:write")]
    pub lacking: Option<String>,
    /// With 412 where what was typed could be lost: the thing as it is now, so that both can be shown
    /// beside each other; its version is in `ETag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<serde_json::Value>,
    /// With 409 `slot_taken`: the starts that are still free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_slots: Option<Vec<Instant>>,
    /// The fields that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// The one table: code → status and title.
pub const fn entry(code: Code) -> (StatusCode, &'static str) {
    match code {
        Code::AlreadyApplied => {
            (StatusCode::CONFLICT, "The candidate has a live application for the job.")
        }
        Code::AlreadyBooked => {
            (StatusCode::CONFLICT, "Somebody is in another interview at that time.")
        }
        Code::AlreadyExists => (StatusCode::CONFLICT, "It exists already."),
        Code::DatabaseUnavailable => {
            (StatusCode::SERVICE_UNAVAILABLE, "The database is not available.")
        }
        Code::DecisionMissing => (StatusCode::CONFLICT, "There is no decision to hire."),
        Code::DraftNotEmpty => (StatusCode::CONFLICT, "Its author has begun to write it."),
        Code::Forbidden => (StatusCode::FORBIDDEN, "You may not do this."),
        Code::IdempotencyKeyInUse => {
            (StatusCode::CONFLICT, "The idempotency key is in use at this moment.")
        }
        Code::IdempotencyKeyReused => {
            (StatusCode::UNPROCESSABLE_ENTITY, "The idempotency key was used with another payload.")
        }
        Code::IllegalTransition => {
            (StatusCode::CONFLICT, "It cannot do this from where it stands.")
        }
        Code::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Something failed on our side."),
        Code::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "Some fields do not fit."),
        Code::InvalidCursor => {
            (StatusCode::BAD_REQUEST, "The cursor does not belong to this list.")
        }
        Code::MalformedJson => (StatusCode::BAD_REQUEST, "The body is not JSON."),
        Code::MethodNotAllowed => {
            (StatusCode::METHOD_NOT_ALLOWED, "The path does not take this method.")
        }
        Code::NotFound => (StatusCode::NOT_FOUND, "There is nothing here."),
        Code::NotMeasured => (StatusCode::FORBIDDEN, "This is not measured here."),
        Code::NotReady => (StatusCode::CONFLICT, "Something else must happen first."),
        Code::PayloadTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
        Code::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, "Send If-Match."),
        Code::Published => (StatusCode::CONFLICT, "A published version never changes."),
        Code::SuccessorRequired => {
            (StatusCode::CONFLICT, "Somebody else has to take something over first.")
        }
        Code::StillInUse => (StatusCode::CONFLICT, "Something else still refers to it."),
        Code::SetUpAlready => (StatusCode::CONFLICT, "The organization was set up before."),
        Code::SlotTaken => (StatusCode::CONFLICT, "The slot is not free any more."),
        Code::CandidateAnonymized => {
            (StatusCode::CONFLICT, "Nothing is left of the candidate that could be changed.")
        }
        Code::StageMoved => (StatusCode::CONFLICT, "The application is no longer in that stage."),
        Code::Stale => (StatusCode::PRECONDITION_FAILED, "It changed since you read it."),
        Code::TermsChanged => (StatusCode::CONFLICT, "The terms are not the ones you saw."),
        Code::TooManyRequests => (StatusCode::TOO_MANY_REQUESTS, "Too much at once."),
        Code::Unauthenticated => (StatusCode::UNAUTHORIZED, "Sign in first."),
        Code::UnknownField => {
            (StatusCode::UNPROCESSABLE_ENTITY, "There is a field that is not known here.")
        }
        Code::UnsupportedMediaType => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content type is not one that is read here.")
        }
    }
}

/// Where a code is explained.
pub fn type_of(code: Code) -> String {
    format!("/problems/{}", code.as_str())
}

/// The response for an error. Sources are logged here, once, and never rendered.
pub fn respond(error: &Error, request_id: Option<&str>) -> HttpResponse {
    let (status, title) = entry(error.code);
    if status.is_server_error() {
        tracing::error!(
            problem.code = error.code.as_str(),
            request.id = request_id,
            source = error.source.as_ref().map(ToString::to_string),
            "A request failed."
        );
    }
    let (current, free_slots) = match error.beside.as_deref() {
        Some(Beside::Current(current)) => (Some(current), None),
        Some(Beside::FreeSlots(slots)) => (None, Some(slots.clone())),
        None => (None, None),
    };
    let problem = Problem {
        kind: type_of(error.code),
        title: Cow::Borrowed(title),
        status: status.as_u16(),
        detail: error.detail.clone(),
        instance: request_id.map(str::to_owned),
        code: Cow::Borrowed(error.code.as_str()),
        action: error.denial.as_ref().and_then(|denial| denial.action).map(Cow::Borrowed),
        lacking: error.denial.as_ref().map(|denial| denial.lacking.clone()),
        current: current.map(|current| current.value.clone()),
        free_slots,
        errors: error.fields.clone(),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = HttpResponse::build(status);
    response.content_type(MEDIA_TYPE).insert_header((CACHE_CONTROL, "no-store"));
    if let Some(current) = current {
        response.insert_header((ETAG, current.etag.as_str()));
    }
    if !error.allow.is_empty() {
        response.insert_header((ALLOW, error.allow.join(", ")));
    }
    if status == StatusCode::UNAUTHORIZED {
        let name = HeaderName::from_static("www-authenticate");
        response.insert_header((name, HeaderValue::from_static("Bearer")));
    }
    let soon = status == StatusCode::SERVICE_UNAVAILABLE || error.code == Code::IdempotencyKeyInUse;
    if let Some(seconds) = error.retry_after.or(soon.then_some(1)) {
        response.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    response.body(body)
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        entry(self.code).0
    }

    fn error_response(&self) -> HttpResponse {
        // The middleware renders it again with the request id; see `middleware::guard`.
        respond(self, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_one_word_with_an_error_status() {
        let words: HashSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            let (status, title) = entry(*code);
            assert!(status.is_client_error() || status.is_server_error(), "{code:?}");
            assert!(title.ends_with('.'), "{code:?}");
        }
    }
}

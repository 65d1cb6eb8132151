//! What is to be found out before it is decided.

use serde::Serialize;
use utoipa::ToSchema;

use super::Debrief;
use crate::clock::Instant;
use crate::debriefs::store::signal::SignalRequest;
use crate::ids::{AttributeId, InterviewId, UserId};

/// More that somebody wanted to know before it was decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct DebriefSignalRequest {
    pub(crate) attribute_id: AttributeId,
    /// The interview that was added to find it out.
    pub(crate) interview_id: InterviewId,
    pub(crate) reason: String,
    /// Who asked.
    pub(crate) user_id: UserId,
    pub(crate) occurred_at: Instant,
}

impl Debrief {
    pub(in crate::debriefs::api) fn show_signal_request(&mut self, row: Option<SignalRequest>) {
        self.signal_request = row.map(|row| DebriefSignalRequest {
            attribute_id: row.attribute_id,
            interview_id: row.interview_id,
            reason: row.reason,
            user_id: row.user_id,
            occurred_at: row.occurred_at,
        });
    }
}

//! When cards are due: each in its author's own working time.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::{LoopId, UserId};
use crate::loops;
use crate::users::after_working_time;

/// When the cards of an interview that ends then are due, for each of some people: after so many hours
/// of their own working time as the policy says that the debrief of the loop pinned. What somebody
/// changes in their hours or absences later does not move it.
pub fn of(
    conn: &mut Conn,
    id: LoopId,
    ends_at: Instant,
    people: &[UserId],
) -> Result<HashMap<UserId, Instant>> {
    let hours = loops::pinned_policy(conn, id)?.scorecard_due_working_hours;
    after_working_time(conn, people, ends_at, TimeDelta::hours(i64::from(hours)))
}

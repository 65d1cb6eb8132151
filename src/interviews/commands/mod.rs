//! Changing interviews and their panels.

pub(super) mod booking;
mod leave;
mod panel;
mod room;
pub(super) mod rules;
mod seats;
mod time;

pub use leave::leave;
pub use panel::{assign, remove, waive};
pub use seats::{replace, respond};
pub(crate) use time::complete_by_result;
pub use time::{call_off, cancel, complete, mark_no_show, schedule};

use super::store::{self, Interview, Panelist};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::{InterviewId, PanelistId};
use crate::loops::Place;

/// An interview under the lock of its application.
pub(crate) fn lock(tx: &mut Tx<'_>, id: InterviewId) -> Result<(Place, Interview)> {
    let application_id = store::application_of(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let place = Place::lock(tx, application_id)?;
    let interview = store::find(tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok((place, interview))
}

/// A seat with its interview, under the lock of its application.
pub(crate) fn lock_seat(tx: &mut Tx<'_>, id: PanelistId) -> Result<(Place, Interview, Panelist)> {
    let seat = store::find_seat(tx.conn, id)?.ok_or_else(Error::not_found)?;
    let (place, interview) = lock(tx, seat.interview_id)?;
    let seat = store::find_seat(tx.conn, id)?.ok_or_else(Error::not_found)?;
    Ok((place, interview, seat))
}

/// The version is the one that the caller expects, if they say one.
pub(super) fn expect_version(expected: Option<i64>, version: i64) -> Result<()> {
    if expected.is_some_and(|expected| expected != version) { Err(Error::stale()) } else { Ok(()) }
}

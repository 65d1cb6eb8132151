//! Whose busy times were asked for of late: noted in memory, written by the worker.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::ids::UserId;

/// How many people are kept in memory at most; further ones are refreshed when their time comes.
const PEOPLE_MAX: usize = 10_000;

/// The people whose busy times were asked for since the worker looked last.
#[derive(Debug, Default)]
pub struct Asked(Mutex<HashSet<UserId>>);

impl Asked {
    /// Notes that somebody's busy times were asked for; costs no statement.
    pub fn note(&self, person: UserId) {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.len() < PEOPLE_MAX {
            asked.insert(person);
        }
    }

    /// Takes what was noted.
    pub(super) fn take(&self) -> Vec<UserId> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.drain().collect()
    }
}

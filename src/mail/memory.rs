//! A mailbox in memory, for tests: it shows what was sent and fails when told to.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use lettre::message::Mailbox;

use super::message;
use super::smtp::sender;
use super::transport::{SendError, StoredMail};
use super::{Address, Mail, eml};

/// What was sent, in order, and the failures still to come.
///
/// It keeps every mail it accepts, also one with an id it has seen: a test that asks for "one key,
/// one mail" must see the second.
#[derive(Default)]
pub struct Memory {
    accepted: Mutex<Vec<Mail>>,
    failures: Mutex<VecDeque<SendError>>,
}

impl Memory {
    /// Everything accepted so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.accepted).clone()
    }

    /// Makes the next `times` sends fail this way; further calls queue behind.
    pub fn fail_next(&self, times: usize, error: &SendError) {
        lock(&self.failures).extend(std::iter::repeat_n(error.clone(), times));
    }

    /// Forgets mails and planted failures.
    pub fn clear(&self) {
        lock(&self.accepted).clear();
        lock(&self.failures).clear();
    }

    /// Makes the whole message as the others do, so that a test meets the same refusals.
    pub(super) fn send(&self, mail: &Mail) -> Result<(), SendError> {
        message::build(mail, &from()?)?;
        if let Some(error) = lock(&self.failures).pop_front() {
            return Err(error);
        }
        lock(&self.accepted).push(mail.clone());
        Ok(())
    }

    /// As a reader would get them, so by way of the message and back.
    pub(super) fn newest(&self, limit: usize) -> Vec<StoredMail> {
        let Ok(from) = from() else { return Vec::new() };
        lock(&self.accepted)
            .iter()
            .rev()
            .take(limit)
            .filter_map(|mail| eml::parse(&message::build(mail, &from).ok()?.formatted()))
            .collect()
    }
}

fn from() -> Result<Mailbox, SendError> {
    let from = Address { name: "Evenbar".to_owned(), email: "evenbar@localhost".to_owned() };
    sender(&from).map_err(|error| SendError::Permanent { detail: error.to_string() })
}

/// A test that panicked elsewhere must not hide what was sent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

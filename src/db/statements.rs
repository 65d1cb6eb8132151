//! The statements that ran over all connections: how many, and on request which.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Counts statements, transaction control not counted.
#[derive(Debug, Default)]
pub(super) struct Statements {
    count: AtomicU64,
    is_keeping: AtomicBool,
    kept: Mutex<Vec<String>>,
}

impl Statements {
    /// One more.
    pub(super) fn note(&self, text: String) {
        self.count.fetch_add(1, Ordering::SeqCst);
        if self.is_keeping.load(Ordering::SeqCst) {
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }
    }

    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// Keeps their text from now on.
    pub(super) fn keep(&self) {
        self.is_keeping.store(true, Ordering::SeqCst);
    }

    /// What was kept; no more is.
    pub(super) fn take(&self) -> Vec<String> {
        self.is_keeping.store(false, Ordering::SeqCst);
        std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

//! What handlers hand over to be shown.

use crate::ids::Id;

/// A resource with the version of its row, for the `ETag`.
#[derive(Debug)]
pub struct Shown<T> {
    /// The version of the row alone; others' rows never raise it.
    pub version: i64,
    /// The resource as the caller may see it.
    pub value: T,
}

/// What a command did, now or when the idempotency key was first used.
pub struct Done<K> {
    /// The subject.
    pub id: Id<K>,
    /// Whether an earlier use of the key did it.
    pub replayed: bool,
}

impl<K> Clone for Done<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Done<K> {}

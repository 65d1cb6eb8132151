//! What a merge patch changed.

use crate::clock::Instant;

/// The names of the fields that a merge patch changed, for [`Event::changed`](super::Event::changed).
#[derive(Debug, Default)]
pub struct Changes(Vec<&'static str>);

impl Changes {
    /// Takes over a field that is present.
    pub fn set<T>(&mut self, name: &'static str, field: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *field = value;
            self.0.push(name);
        }
    }

    /// Puts something out of use, or back into it; what rests already keeps its instant.
    pub fn archive(&mut self, field: &mut Option<Instant>, archived: Option<bool>, now: Instant) {
        let at = archived.map(|archived| archived.then(|| field.unwrap_or(now)));
        self.set("archived", field, at);
    }

    /// Names a field that was changed by other means.
    pub fn note(&mut self, name: &'static str) {
        self.0.push(name);
    }

    /// The names, in the order in which they were taken over.
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }
}

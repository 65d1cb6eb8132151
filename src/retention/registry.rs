//! The registry: every column that tells of candidates, what erasure leaves of it, and whether a person
//! is given it who asks what is held about them.
//!
//! Pure data, read by erasure and by the export, so that neither can forget what the other knows. Tests
//! compare it with `src/db/schema.rs` and `docs/personal-data.md`: a text, document or binary column of
//! a table that is not in it, and a table that is neither in it nor in [`APART`], does not pass.

mod tables;
mod way;

pub use tables::{APART, TABLES};
pub use way::Way;

/// What stands in the place of a name.
pub const SHELL: &str = "Anonymized candidate";

/// What erasure makes of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// It stays: a code, a number, or a name of configuration.
    Kept,
    /// It is set to null.
    Null,
    /// [`SHELL`] takes its place.
    Shell,
    /// It is emptied, where it cannot be null.
    Emptied,
    /// An empty object takes its place.
    Object,
    /// Its row is deleted.
    Row,
    /// Its file is removed as anybody removes one: the row stays, its name is emptied, its content goes
    /// with the last file that has it.
    File,
}

/// What a person who asks is given of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// It as it is: their own words, or a code.
    Text,
    /// Words of others, in which the names of those who work here are replaced.
    Words,
    /// A document, in whose words names are replaced too.
    Json,
    /// A number.
    Number,
    /// Nothing: it says nothing about them that another column does not, or is a secret of a link.
    Withheld,
}

/// Whether somebody's judgement is told by the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// Nothing of it.
    Facts,
    /// A judgement: given once the application is closed or its debrief was revealed.
    Judgement,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the table.
    pub name: &'static str,
    /// What erasure makes of it.
    pub erased: Erased,
    /// What the person is given of it.
    pub given: Given,
}

/// A table with columns that tell of candidates.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How its rows lead to the candidate.
    pub way: Way,
    /// Whether it tells how they were judged.
    pub tells: Tells,
    /// The column with who wrote the row, if there is one: a third party, given as a number.
    pub by: Option<&'static str>,
    /// The column with when it was, if there is one.
    pub at: Option<&'static str>,
    /// Its columns, every one that is text, a document or bytes among them.
    pub columns: &'static [Column],
}

impl Table {
    /// Whether its rows are deleted.
    pub fn is_deleted(&self) -> bool {
        self.columns.iter().any(|column| column.erased == Erased::Row)
    }

    /// Whether a person is given anything of it.
    pub fn is_given(&self) -> bool {
        self.columns.iter().any(|column| column.given != Given::Withheld)
    }
}

#[cfg(test)]
mod tests;

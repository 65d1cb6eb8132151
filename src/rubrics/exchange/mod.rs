//! The library as a file: what goes from one installation to another, and into version control.
//!
//! `docs/rubric-format.md` describes the file. It names things by keys and holds neither ids nor
//! times, so that an export that is brought into an empty database is exported again byte for byte.
//! Bringing a file in never changes a version that is there: what is new becomes new versions.

mod export;
mod import;
mod text;

pub use export::export;
pub(crate) use import::refused;
pub use import::{Done, Imported, RubricImported, VersionImported, import};
pub use text::{BYTES_MAX, Form, ReadError, read, write};

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::VersionState;
use super::api::versions::RubricAttributeInput;
use crate::http::fields::{Key, Line};

/// A file of the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// What the file follows.
    pub format: Format,
    /// Rubrics; an export has them in the order of their keys.
    #[validate(nested, length(max = 1000))]
    pub rubrics: Vec<RubricEntry>,
}

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// The only one so far.
    #[serde(rename = "evenbar-library/1")]
    One,
}

/// A rubric with its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct RubricEntry {
    /// What names it in every installation.
    pub key: Key,
    /// What it is called.
    pub name: Line<120>,
    /// Whose work it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Line<300>>,
    /// Whether it is out of use.
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
    /// Its versions, the first one first.
    #[validate(nested, length(min = 1, max = 100))]
    pub versions: Vec<VersionEntry>,
}

/// A version of a rubric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct VersionEntry {
    /// A published version is published where it is brought in, too, if its lint finds no error.
    #[serde(default = "draft")]
    pub state: VersionState,
    /// What is judged, as the API takes it.
    #[validate(nested, length(max = 20))]
    pub attributes: Vec<RubricAttributeInput>,
}

const fn draft() -> VersionState {
    VersionState::Draft
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like that")]
const fn is_false(value: &bool) -> bool {
    !*value
}

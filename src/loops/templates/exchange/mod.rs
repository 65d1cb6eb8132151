//! Loop templates as a file: what goes from one installation to another, and into version control.
//!
//! `docs/loop-format.md` describes the file. It names rubrics and questions by keys and numbers and
//! holds neither ids nor times, so that an export that is brought into another database with the same
//! rubrics and questions is exported again byte for byte. What a file names that is not there is kept
//! with the kit, in a draft. Bringing a file in never changes a version that is there.

mod export;
mod import;

pub use export::export;
pub use import::{Imported, LoopTemplateImported, VersionImported, import};

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::NamedKit;
use crate::http::fields::{Key, Line};
use crate::rubrics::VersionState;

/// A file of loop templates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct LoopLibrary {
    /// What the file follows.
    pub format: Format,
    /// Loop templates; an export has them in the order of their keys.
    #[validate(nested, length(max = 1000))]
    pub loop_templates: Vec<LoopTemplateEntry>,
}

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// The only one so far.
    #[serde(rename = "evenbar-loops/1")]
    One,
}

/// A loop template with its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct LoopTemplateEntry {
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

/// A version of a loop template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct VersionEntry {
    /// A published version is published where it is brought in, too, if its lint finds no error.
    #[serde(default = "draft")]
    pub state: VersionState,
    /// The keys of attributes that some kit must rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 40))]
    pub must_cover: Vec<Key>,
    /// The interviews, in order.
    #[validate(nested, length(max = 20))]
    pub kits: Vec<NamedKit>,
}

const fn draft() -> VersionState {
    VersionState::Draft
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like that")]
const fn is_false(value: &bool) -> bool {
    !*value
}

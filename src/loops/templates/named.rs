//! What a loop template says in words alone: keys and numbers instead of ids, as files have it. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{Content, KitContent, KitKind, Priority, Slot};
use crate::http::fields::{Key, Line, whole};
use crate::ids::{AttributeId, QuestionVersionId, RubricVersionId};

/// What stands behind the ids of a content.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The keys and numbers of rubric versions.
    pub rubrics: BTreeMap<RubricVersionId, (String, i32)>,
    /// The keys of attributes.
    pub attributes: BTreeMap<AttributeId, String>,
    /// The wordings of questions.
    pub questions: BTreeMap<QuestionVersionId, Wording>,
}

/// A wording of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// The key of the question.
    pub key: String,
    /// Which wording; counts from 1.
    pub number: i32,
    /// The words.
    pub text: String,
}

/// A rubric version by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedRubric {
    /// The key of the rubric.
    pub key: Key,
    /// The number of its version.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub version: i32,
}

/// An attribute by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedAttribute {
    /// Its key in the rubric.
    pub attribute: Key,
    /// Whether it must be met.
    pub priority: Priority,
}

/// A wording of a question by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedQuestion {
    /// The key of the question.
    pub question: Key,
    /// Which of its wordings; the current one if it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub version: Option<i32>,
}

/// A seat by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedSlot {
    /// Which seat.
    pub slot: Slot,
}

/// What a kit names that is not here: it came in a file, and waits.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Wanted {
    /// The rubric version that it is to judge by.
    pub rubric: Option<NamedRubric>,
    /// The attributes that it is to rate, in order.
    #[schema(max_items = 20)]
    pub attributes: Vec<NamedAttribute>,
    /// What it is to ask, in order.
    #[schema(max_items = 30)]
    pub questions: Vec<NamedQuestion>,
}

/// A kit by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NamedKit {
    /// What it is called.
    pub name: Line<120>,
    /// Its type.
    pub kind: KitKind,
    /// How long it takes.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 5, max = 480))]
    pub minutes: i32,
    /// The rubric version that it judges by; none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    pub rubric: Option<NamedRubric>,
    /// The attributes of that version that it rates, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 20))]
    pub attributes: Vec<NamedAttribute>,
    /// What it asks, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(nested, length(max = 30))]
    pub questions: Vec<NamedQuestion>,
    /// The seats on its panel, in order.
    #[validate(length(max = 10))]
    pub slots: Vec<NamedSlot>,
}

impl Wanted {
    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Content {
    /// The kits by name.
    ///
    /// # Errors
    /// What has no name that a file can hold, in a sentence; nothing that was written down.
    pub fn named(&self, names: &Names) -> Result<Vec<NamedKit>, String> {
        self.kits.iter().map(|kit| kit.named(names)).collect()
    }
}

impl KitContent {
    fn named(&self, names: &Names) -> Result<NamedKit, String> {
        let rubric = match self.rubric_version_id {
            None => self.wanted.rubric.clone(),
            Some(id) => {
                let (key, version) = names.rubrics.get(&id).ok_or("a rubric without a key")?;
                Some(NamedRubric { key: key.parse()?, version: *version })
            }
        };
        let attributes = self.attributes.iter().map(|(id, priority)| {
            let key = names.attributes.get(id).ok_or("an attribute without a key")?;
            Ok(NamedAttribute { attribute: key.parse()?, priority: *priority })
        });
        let attributes = attributes.chain(self.wanted.attributes.iter().cloned().map(Ok));
        let questions = self.questions.iter().map(|one| {
            let wording = one.version_id.and_then(|id| names.questions.get(&id));
            let wording = wording.ok_or("a question without a key")?;
            Ok(NamedQuestion { question: wording.key.parse()?, version: Some(wording.number) })
        });
        let questions = questions.chain(self.wanted.questions.iter().cloned().map(Ok));
        Ok(NamedKit {
            name: self.name.parse()?,
            kind: self.kind,
            minutes: self.minutes,
            rubric,
            attributes: attributes.collect::<Result<_, String>>()?,
            questions: questions.collect::<Result<_, String>>()?,
            slots: self.slots.iter().map(|slot| NamedSlot { slot: slot.slot }).collect(),
        })
    }
}

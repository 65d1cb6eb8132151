//! What a rubric says, the life of its versions, and when one may be published. Pure.

use std::collections::BTreeSet;

use crate::error::{Code, Error, FieldError};
use crate::text_enum;

text_enum! {
    /// The life of a versioned definition. A published version never changes.
    pub enum VersionState {
        /// It may still change.
        Draft => "draft",
        /// It may be used, and never changes.
        Published => "published",
    }
}

/// What can be done to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionCommand {
    /// Replace its content.
    Replace,
    /// Publish it.
    Publish,
}

/// The version is published, and a published version never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Illegal;

impl From<Illegal> for Error {
    fn from(_: Illegal) -> Self {
        Self::new(Code::Published, "A published version never changes; draft a new one.")
    }
}

impl VersionState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`Illegal`] for whatever would change a published version.
    pub const fn apply(self, command: VersionCommand) -> Result<Self, Illegal> {
        match (self, command) {
            (Self::Draft, VersionCommand::Replace) => Ok(Self::Draft),
            (Self::Draft, VersionCommand::Publish) => Ok(Self::Published),
            (Self::Published, VersionCommand::Replace | VersionCommand::Publish) => Err(Illegal),
        }
    }
}

/// The content of one version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// What is judged, from top to bottom.
    pub attributes: Vec<AttributeContent>,
}

/// A thing judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeContent {
    /// What it is called.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// The lowest level that meets the bar; levels count from 1.
    pub pass_level: i32,
    /// The scale, lowest level first.
    pub levels: Vec<LevelContent>,
}

/// A level of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelContent {
    /// What stands beside the button.
    pub label: String,
    /// The behaviour that earns the level.
    pub anchor: Option<String>,
}

/// How many levels a published scale has.
const LEVELS: std::ops::RangeInclusive<usize> = 2..=7;

impl Content {
    /// What keeps the content from being published; empty when nothing does. Pointers lead into
    /// the version.
    pub fn obstacles(&self) -> Vec<FieldError> {
        if self.attributes.is_empty() {
            let detail = "A published rubric judges at least one attribute.";
            return vec![FieldError::body("/attributes", "required", detail)];
        }
        let mut names = BTreeSet::new();
        let mut obstacles = Vec::new();
        for (index, attribute) in self.attributes.iter().enumerate() {
            let at = format!("/attributes/{index}");
            if !names.insert(attribute.name.to_lowercase()) {
                let detail = "Another attribute has this name.";
                obstacles.push(FieldError::body(format!("{at}/name"), "duplicate", detail));
            }
            obstacles.extend(attribute.obstacles(&at));
        }
        obstacles
    }
}

impl AttributeContent {
    fn obstacles(&self, at: &str) -> Vec<FieldError> {
        let count = self.levels.len();
        let mut obstacles = Vec::new();
        if !LEVELS.contains(&count) {
            let detail = "A published scale has 2 to 7 levels.";
            obstacles.push(FieldError::body(format!("{at}/levels"), "range", detail));
        }
        if !usize::try_from(self.pass_level).is_ok_and(|level| (1..=count).contains(&level)) {
            let detail = "The level that meets the bar is one of the scale.";
            obstacles.push(FieldError::body(format!("{at}/pass_level"), "range", detail));
        }
        obstacles.extend(self.missing_anchors().into_iter().map(|index| {
            let detail = "The lowest, the middle and the highest level need an anchor.";
            FieldError::body(format!("{at}/levels/{index}/anchor"), "required", detail)
        }));
        obstacles
    }

    /// The places of the levels that need an anchor and have none. An even scale has two in the
    /// middle, of which one suffices; the lower is named when both lack it.
    fn missing_anchors(&self) -> Vec<usize> {
        let Some(highest) = self.levels.len().checked_sub(1) else {
            return Vec::new();
        };
        let anchored =
            |index: usize| self.levels.get(index).is_some_and(|one| one.anchor.is_some());
        let (lower, upper) = (highest / 2, self.levels.len() / 2);
        let middle = if anchored(upper) { upper } else { lower };
        let needed = BTreeSet::from([0, middle, highest]);
        needed.into_iter().filter(|index| !anchored(*index)).collect()
    }
}

/// The ids that survive when the named things of a draft are replaced: each new name takes the
/// first id of that name that is still free. The rest is `None` and needs an id of its own.
pub fn kept_ids<Id: Copy>(old: &[(Id, &str)], new: &[&str]) -> Vec<Option<Id>> {
    let mut free = old.to_vec();
    new.iter()
        .map(|name| {
            let place = free.iter().position(|(_, known)| known == name)?;
            Some(free.remove(place).0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An attribute with one level per letter: `a` is anchored, everything else is not.
    fn attribute(name: &str, pass_level: i32, levels: &str) -> AttributeContent {
        let level = |letter: char| LevelContent {
            label: "Label".to_owned(),
            anchor: (letter == 'a').then(|| "Does it.".to_owned()),
        };
        AttributeContent {
            name: name.to_owned(),
            description: None,
            pass_level,
            levels: levels.chars().map(level).collect(),
        }
    }

    fn obstacles(attributes: Vec<AttributeContent>) -> Vec<(String, String)> {
        let found = Content { attributes }.obstacles().into_iter();
        found.map(|field| (field.pointer, field.code.into_owned())).collect()
    }

    fn missing(levels: &str) -> Vec<usize> {
        attribute("Care", 1, levels).missing_anchors()
    }

    #[test]
    fn a_version_changes_until_it_is_published() {
        use VersionCommand::{Publish, Replace};
        use VersionState::{Draft, Published};
        let table =
            [(Draft, Replace), (Draft, Publish), (Published, Replace), (Published, Publish)];
        let after = table.map(|(state, command)| state.apply(command));
        assert_eq!(after, [Ok(Draft), Ok(Published), Err(Illegal), Err(Illegal)]);
    }

    #[test]
    fn lowest_middle_and_highest_level_need_an_anchor() {
        assert!(missing("aa").is_empty());
        assert_eq!(missing("a."), [1]);
        assert!(missing("aaa").is_empty());
        assert_eq!(missing("a.a"), [1]);
        assert_eq!(missing("..."), [0, 1, 2]);
        assert!(missing("a.a.a").is_empty());
        assert!(missing("a..a..a").is_empty());
    }

    #[test]
    fn one_of_two_middle_levels_suffices() {
        assert!(missing("aa.a").is_empty());
        assert!(missing("a.aa").is_empty());
        assert_eq!(missing("a..a"), [1]);
        assert!(missing("a..a.a").is_empty());
        assert_eq!(missing("aa...a"), [2]);
    }

    #[test]
    fn a_rubric_without_attributes_is_not_published() {
        assert_eq!(obstacles(Vec::new()), [("/attributes".to_owned(), "required".to_owned())]);
    }

    #[test]
    fn every_obstacle_is_named_with_its_place() {
        let found = obstacles(vec![
            attribute("Care", 2, "aaa"),
            attribute("Clarity", 4, "a.a"),
            attribute("care", 0, "a"),
            attribute("Depth", 8, "a..a...a"),
        ]);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(p, c)| (p.as_str(), c.as_str())).collect();
        let expected = [
            ("/attributes/1/pass_level", "range"),
            ("/attributes/1/levels/1/anchor", "required"),
            ("/attributes/2/name", "duplicate"),
            ("/attributes/2/levels", "range"),
            ("/attributes/2/pass_level", "range"),
            ("/attributes/3/levels", "range"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_replaced_thing_keeps_the_id_of_its_name() {
        let old = [(1, "Care"), (2, "Clarity"), (3, "Care")];
        assert_eq!(
            kept_ids(&old, &["Care", "Depth", "Care", "Care"]),
            [Some(1), None, Some(3), None]
        );
        assert_eq!(kept_ids(&old, &["Clarity"]), [Some(2)]);
    }
}

//! What a rubric says, and the life of its versions. Pure.

use std::collections::BTreeSet;

use super::keys::{free_key, key_of};
use crate::error::{Code, Error};
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

text_enum! {
    /// Which end of the values of a scale is the better one.
    pub enum ScaleDirection {
        /// The higher the value, the better.
        Ascending => "ascending",
        /// The lower the value, the better, as with marks of some schools.
        Descending => "descending",
    }
}

/// The content of one version. `K` is how attributes are keyed: each by a key, or as somebody wrote
/// them down, by a key or not ([`Proposal`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content<K = String> {
    /// What is judged, from top to bottom.
    pub attributes: Vec<AttributeContent<K>>,
}

/// A content as somebody proposes it: attributes may lack keys.
pub type Proposal = Content<Option<String>>;

impl<K> Default for Content<K> {
    fn default() -> Self {
        Self { attributes: Vec::new() }
    }
}

/// A thing judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeContent<K = String> {
    /// What stays the same when it is renamed.
    pub key: K,
    /// What it is called.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// Which end of the values is the better one.
    pub direction: ScaleDirection,
    /// The worst level that meets the bar; levels count from 1, the worst.
    pub pass_level: i32,
    /// The scale, worst level first.
    pub levels: Vec<LevelContent>,
}

/// A level of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelContent {
    /// The number by which people know it.
    pub value: i32,
    /// What stands beside the button.
    pub label: String,
    /// What it says of somebody, whatever is judged.
    pub meaning: Option<String>,
    /// The behaviour that earns the level.
    pub anchor: Option<String>,
}

impl ScaleDirection {
    /// The value of a level that names none: its place on a scale of this length, counted from the
    /// end with the small values.
    pub fn value_at(self, index: usize, length: usize) -> i32 {
        let place = match self {
            Self::Ascending => index + 1,
            Self::Descending => length.saturating_sub(index),
        };
        i32::try_from(place).unwrap_or(i32::MAX)
    }
}

impl Proposal {
    /// Gives every attribute a key: the one that it names, else that of the attribute of its name in
    /// the content before, else one made of its name.
    ///
    /// # Errors
    /// The places of attributes whose key another one has.
    pub fn keyed(self, before: &Content) -> Result<Content, Vec<usize>> {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let named = self.attributes.iter().enumerate();
        let named = named.filter_map(|(index, one)| Some((index, one.key.clone()?)));
        let twice: Vec<usize> =
            named.filter_map(|(index, key)| (!taken.insert(key)).then_some(index)).collect();
        if !twice.is_empty() {
            return Err(twice);
        }
        let known: Vec<(&str, &str)> =
            before.attributes.iter().map(|one| (one.key.as_str(), one.name.as_str())).collect();
        let wanted: Vec<&str> = self.attributes.iter().map(|one| one.name.as_str()).collect();
        let kept = kept_ids(&known, &wanted);
        let mut attributes = Vec::new();
        for (one, kept) in self.attributes.into_iter().zip(kept) {
            let key = match (&one.key, kept) {
                (Some(key), _) => key.clone(),
                (None, Some(kept)) if !taken.contains(kept) => kept.to_owned(),
                (None, _) => {
                    let other = |key: &str| {
                        taken.contains(key) || known.iter().any(|(known, _)| *known == key)
                    };
                    free_key(&key_of(&one.name, "attribute"), other)
                }
            };
            taken.insert(key.clone());
            attributes.push(one.with_key(key));
        }
        Ok(Content { attributes })
    }
}

impl Content {
    /// The content as a proposal, every key named.
    pub fn into_proposal(self) -> Proposal {
        let attributes = self.attributes.into_iter().map(|one| {
            let key = Some(one.key.clone());
            one.with_key(key)
        });
        Content { attributes: attributes.collect() }
    }
}

impl<K> AttributeContent<K> {
    fn with_key<L>(self, key: L) -> AttributeContent<L> {
        let Self { name, description, direction, pass_level, levels, .. } = self;
        AttributeContent { key, name, description, direction, pass_level, levels }
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

    fn proposal(attributes: &[(Option<&str>, &str)]) -> Proposal {
        let attribute = |(key, name): &(Option<&str>, &str)| AttributeContent {
            key: key.map(str::to_owned),
            name: (*name).to_owned(),
            description: None,
            direction: ScaleDirection::Ascending,
            pass_level: 1,
            levels: Vec::new(),
        };
        Content { attributes: attributes.iter().map(attribute).collect() }
    }

    fn keys(content: &Content) -> Vec<&str> {
        content.attributes.iter().map(|one| one.key.as_str()).collect()
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
    fn an_attribute_keeps_its_key_under_its_name_and_its_name_under_its_key() {
        let first = proposal(&[(None, "Care"), (None, "Clarity"), (None, "Care")]);
        let first = first.keyed(&Content::default()).expect("keys");
        assert_eq!(keys(&first), ["care", "clarity", "care_2"]);
        let renamed = proposal(&[(Some("clarity"), "Writing"), (None, "Care"), (None, "Depth")]);
        let renamed = renamed.keyed(&first).expect("keys");
        assert_eq!(keys(&renamed), ["clarity", "care", "depth"]);
        let back = proposal(&[(None, "Writing"), (None, "Clarity")]).keyed(&renamed).expect("keys");
        assert_eq!(
            keys(&back),
            ["clarity", "clarity_2"],
            "a key of the version before is not free"
        );
    }

    #[test]
    fn no_two_attributes_have_a_key() {
        let twice = proposal(&[(Some("care"), "Care"), (Some("depth"), "D"), (Some("care"), "C")]);
        assert_eq!(twice.keyed(&Content::default()), Err(vec![2]));
    }

    #[test]
    fn values_count_from_the_small_end() {
        let values =
            |direction: ScaleDirection| [0, 1, 2].map(|index| direction.value_at(index, 3));
        assert_eq!(values(ScaleDirection::Ascending), [1, 2, 3]);
        assert_eq!(values(ScaleDirection::Descending), [3, 2, 1]);
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

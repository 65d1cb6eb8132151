//! What changed from one version to another. Pure. Attributes are the same when their keys are.

use std::collections::BTreeSet;

use super::{AttributeContent, Content, LevelContent};

/// What changed between two contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff<'a> {
    /// Attributes that are new.
    pub added: Vec<&'a AttributeContent>,
    /// Attributes that are gone.
    pub removed: Vec<&'a AttributeContent>,
    /// Attributes that are in both, and differ.
    pub changed: Vec<Change<'a>>,
    /// Whether the attributes that stayed stand in another order.
    pub reordered: bool,
}

/// An attribute before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// Before.
    pub from: &'a AttributeContent,
    /// After.
    pub to: &'a AttributeContent,
    /// Whether direction, values, labels or meanings of the levels differ.
    pub scale_changed: bool,
    /// The anchors that differ, by the value of their level, in the order of the scale.
    pub anchors: Vec<AnchorChange<'a>>,
}

/// An anchor before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorChange<'a> {
    /// The value of the level.
    pub value: i32,
    /// Before, if the level had one.
    pub from: Option<&'a str>,
    /// After, if the level has one.
    pub to: Option<&'a str>,
}

/// What changed from one content to another.
pub fn diff<'a>(from: &'a Content, to: &'a Content) -> Diff<'a> {
    let find = |content: &'a Content, key: &str| {
        content.attributes.iter().find(|attribute| attribute.key == key)
    };
    let lacking = |whole: &'a Content, other: &'a Content| -> Vec<&'a AttributeContent> {
        let whole = whole.attributes.iter();
        whole.filter(|attribute| find(other, &attribute.key).is_none()).collect()
    };
    let pairs = to.attributes.iter().filter_map(|new| Some((find(from, &new.key)?, new)));
    let kept = |whole: &'a Content, other: &'a Content| -> Vec<&'a str> {
        let keys = whole.attributes.iter().map(|attribute| attribute.key.as_str());
        keys.filter(|key| find(other, key).is_some()).collect()
    };
    Diff {
        added: lacking(to, from),
        removed: lacking(from, to),
        changed: pairs.filter(|(old, new)| old != new).map(|(old, new)| change(old, new)).collect(),
        reordered: kept(from, to) != kept(to, from),
    }
}

fn change<'a>(from: &'a AttributeContent, to: &'a AttributeContent) -> Change<'a> {
    let scale = |attribute: &'a AttributeContent| {
        let levels = attribute.levels.iter();
        let levels = levels.map(|level| (level.value, &level.label, &level.meaning));
        (attribute.direction, levels.collect::<Vec<_>>())
    };
    let anchor = |attribute: &'a AttributeContent, value: i32| {
        let level = attribute.levels.iter().find(|level| level.value == value)?;
        level.anchor.as_deref()
    };
    let mut seen = BTreeSet::new();
    let levels = to.levels.iter().chain(&from.levels).map(|level: &LevelContent| level.value);
    let values = levels.filter(|value| seen.insert(*value));
    let anchors = values.map(|value| AnchorChange {
        value,
        from: anchor(from, value),
        to: anchor(to, value),
    });
    Change {
        from,
        to,
        scale_changed: scale(from) != scale(to),
        anchors: anchors.filter(|one| one.from != one.to).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rubrics::ScaleDirection;

    fn attribute(key: &str, anchors: &[&str]) -> AttributeContent {
        let level = |(anchor, value): (&&str, i32)| LevelContent {
            value,
            label: "Label".to_owned(),
            meaning: None,
            anchor: Some((*anchor).to_owned()),
        };
        AttributeContent {
            key: key.to_owned(),
            name: key.to_uppercase(),
            description: None,
            direction: ScaleDirection::Ascending,
            pass_level: 1,
            levels: anchors.iter().zip(1..).map(level).collect(),
        }
    }

    #[test]
    fn equal_contents_have_no_differences() {
        let content = Content { attributes: vec![attribute("care", &["a", "b"])] };
        let nothing = Diff { added: vec![], removed: vec![], changed: vec![], reordered: false };
        assert_eq!(diff(&content, &content), nothing);
    }

    #[test]
    fn what_is_added_removed_moved_and_changed_is_told_apart() {
        let before = Content {
            attributes: vec![
                attribute("care", &["a", "b"]),
                attribute("depth", &["a"]),
                attribute("pace", &["a", "b"]),
            ],
        };
        let renamed =
            AttributeContent { name: "Speed".to_owned(), ..attribute("pace", &["a", "b"]) };
        let after = Content {
            attributes: vec![
                renamed,
                attribute("care", &["a", "c", "d"]),
                attribute("wit", &["a"]),
            ],
        };
        let diff = diff(&before, &after);
        assert_eq!(diff.added, [&after.attributes[2]]);
        assert_eq!(diff.removed, [&before.attributes[1]]);
        assert!(diff.reordered);
        let [pace, care] = diff.changed.as_slice() else { panic!("two changes") };
        assert_eq!((pace.to.name.as_str(), pace.scale_changed), ("Speed", false));
        assert!(pace.anchors.is_empty());
        assert!(care.scale_changed, "it has a level more");
        let anchors = [
            AnchorChange { value: 2, from: Some("b"), to: Some("c") },
            AnchorChange { value: 3, from: None, to: Some("d") },
        ];
        assert_eq!(care.anchors, anchors);
    }
}

//! What changed from one version to another. Pure. Kits are the same when their names are, attributes
//! and questions when their keys are.

use std::collections::BTreeSet;

use super::NamedKit;
use crate::rubrics::kept_ids;

/// What changed between the kits of two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff<'a> {
    /// Kits that are new.
    pub added: Vec<&'a NamedKit>,
    /// Kits that are gone.
    pub removed: Vec<&'a NamedKit>,
    /// Kits that are in both, and differ.
    pub changed: Vec<KitChange<'a>>,
    /// Whether the kits that stayed stand in another order.
    pub reordered: bool,
}

/// A kit before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitChange<'a> {
    /// Before.
    pub from: &'a NamedKit,
    /// After.
    pub to: &'a NamedKit,
    /// Attributes by key.
    pub attributes: Keys<'a>,
    /// The keys of attributes in both whose priority differs.
    pub priorities_changed: Vec<&'a str>,
    /// Questions by key.
    pub questions: Keys<'a>,
    /// The keys of questions in both whose wording differs.
    pub questions_reworded: Vec<&'a str>,
}

/// What changed in a list of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys<'a> {
    /// Those that are new.
    pub added: Vec<&'a str>,
    /// Those that are gone.
    pub removed: Vec<&'a str>,
    /// Whether those that stayed stand in another order.
    pub reordered: bool,
}

/// What changed from the kits of one version to those of another. Of several kits with one name the
/// first is the same as the first, and so on.
pub fn diff<'a>(from: &'a [NamedKit], to: &'a [NamedKit]) -> Diff<'a> {
    let known: Vec<(usize, &str)> =
        from.iter().enumerate().map(|(index, kit)| (index, &*kit.name)).collect();
    let wanted: Vec<&str> = to.iter().map(|kit| &*kit.name).collect();
    let kept = kept_ids(&known, &wanted);
    let stayed: Vec<usize> = kept.iter().flatten().copied().collect();
    let pairs = kept.iter().zip(to);
    let pairs = pairs.filter_map(|(index, new)| Some((from.get((*index)?)?, new)));
    let removed = from.iter().enumerate().filter(|(index, _)| !stayed.contains(index));
    Diff {
        added: kept.iter().zip(to).filter(|(old, _)| old.is_none()).map(|(_, kit)| kit).collect(),
        removed: removed.map(|(_, kit)| kit).collect(),
        changed: pairs.filter(|(old, new)| old != new).map(|(old, new)| change(old, new)).collect(),
        reordered: !stayed.is_sorted(),
    }
}

fn change<'a>(from: &'a NamedKit, to: &'a NamedKit) -> KitChange<'a> {
    let rated =
        |kit: &'a NamedKit| kit.attributes.iter().map(|one| (&*one.attribute, one.priority));
    let asked = |kit: &'a NamedKit| kit.questions.iter().map(|one| (&*one.question, one.version));
    let (attributes, priorities_changed) = lists(rated(from).collect(), rated(to).collect());
    let (questions, questions_reworded) = lists(asked(from).collect(), asked(to).collect());
    KitChange { from, to, attributes, priorities_changed, questions, questions_reworded }
}

/// What changed in a list of keys, and the keys in both with which something else stands.
fn lists<'a, T: PartialEq>(
    from: Vec<(&'a str, T)>,
    to: Vec<(&'a str, T)>,
) -> (Keys<'a>, Vec<&'a str>) {
    let keys = |list: &[(&'a str, T)]| list.iter().map(|(key, _)| *key).collect::<Vec<_>>();
    let (old, new) = (keys(&from), keys(&to));
    let of = |keys: &[&'a str]| keys.iter().copied().collect::<BTreeSet<_>>();
    let (known, wanted) = (of(&old), of(&new));
    let only = |keys: &[&'a str], other: &BTreeSet<&str>, within: bool| -> Vec<&'a str> {
        keys.iter().copied().filter(|key| other.contains(key) == within).collect()
    };
    let other_value = to.iter().filter(|(key, value)| {
        let before = from.iter().find(|(known, _)| known == key);
        before.is_some_and(|(_, before)| before != value)
    });
    let changed = other_value.map(|(key, _)| *key).collect();
    let keys = Keys {
        added: only(&new, &known, false),
        removed: only(&old, &wanted, false),
        reordered: only(&old, &wanted, true) != only(&new, &known, true),
    };
    (keys, changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loops::templates::{
        KitKind, NamedAttribute, NamedQuestion, NamedSlot, Priority, Slot,
    };

    fn kit(name: &str, attributes: &[&str]) -> NamedKit {
        let attribute = |key: &&str| NamedAttribute {
            attribute: key.parse().expect("a key"),
            priority: Priority::Must,
        };
        NamedKit {
            name: name.parse().expect("a name"),
            kind: KitKind::Live,
            minutes: 60,
            rubric: None,
            attributes: attributes.iter().map(attribute).collect(),
            questions: Vec::new(),
            slots: vec![NamedSlot { slot: Slot::Lead }],
        }
    }

    #[test]
    fn equal_versions_have_no_differences() {
        let kits = [kit("Pairing", &["care"]), kit("Pairing", &["depth"])];
        let nothing = Diff { added: vec![], removed: vec![], changed: vec![], reordered: false };
        assert_eq!(diff(&kits, &kits), nothing);
    }

    #[test]
    fn what_is_added_removed_moved_and_changed_is_told_apart() {
        let question = |version| NamedQuestion {
            question: "why".parse().expect("a key"),
            version: Some(version),
        };
        let mut before = [kit("A", &["care"]), kit("B", &["care", "depth", "wit"]), kit("C", &[])];
        before[1].questions.push(question(1));
        let mut after = [kit("D", &[]), kit("B", &["depth", "care", "pace"]), kit("A", &["care"])];
        after[1].questions.push(question(2));
        after[1].attributes[0].priority = Priority::Nice;
        let diff = diff(&before, &after);
        assert_eq!((diff.added, diff.removed), (vec![&after[0]], vec![&before[2]]));
        assert!(diff.reordered);
        let [change] = diff.changed.as_slice() else { panic!("one change") };
        let attributes = Keys { added: vec!["pace"], removed: vec!["wit"], reordered: true };
        assert_eq!(change.attributes, attributes);
        assert_eq!(change.priorities_changed, ["depth"]);
        assert_eq!(change.questions_reworded, ["why"]);
    }
}

//! What is wrong or doubtful in a version, and when one may be published. Pure.

use std::collections::BTreeSet;

use super::{AttributeContent, Content, ScaleDirection};
use crate::text_enum;

text_enum! {
    /// How bad a finding is.
    pub enum RubricFindingSeverity {
        /// It keeps the version from being published.
        Error => "error",
        /// It is worth a second look.
        Warning => "warning",
    }
}

text_enum! {
    /// What the lint found.
    pub enum RubricFindingCode {
        /// The version judges nothing.
        NoAttributes => "no_attributes",
        /// Two attributes have one name.
        DuplicateName => "duplicate_name",
        /// A scale has a single level.
        OneLevel => "one_level",
        /// A scale has more than seven levels.
        TooManyLevels => "too_many_levels",
        /// The values do not go the way that the scale says.
        ValuesOutOfOrder => "values_out_of_order",
        /// The level that meets the bar is none of the scale.
        PassLevelOutside => "pass_level_outside",
        /// The worst, the middle or the best level has no anchor.
        MissingAnchor => "missing_anchor",
        /// Two levels of an attribute have one label.
        DuplicateLabel => "duplicate_label",
        /// Two levels of an attribute have one anchor.
        DuplicateAnchor => "duplicate_anchor",
        /// Every level meets the bar.
        EverybodyPasses => "everybody_passes",
        /// A level has neither an anchor nor a meaning, where none is asked.
        BareLevel => "bare_level",
    }
}

use RubricFindingCode as FindingCode;
use RubricFindingSeverity as Severity;

impl FindingCode {
    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::NoAttributes
            | Self::DuplicateName
            | Self::OneLevel
            | Self::TooManyLevels
            | Self::ValuesOutOfOrder
            | Self::PassLevelOutside
            | Self::MissingAnchor => Severity::Error,
            Self::DuplicateLabel
            | Self::DuplicateAnchor
            | Self::EverybodyPasses
            | Self::BareLevel => Severity::Warning,
        }
    }

    /// A sentence for people.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::NoAttributes => "A published rubric judges at least one attribute.",
            Self::DuplicateName => "Another attribute has this name.",
            Self::OneLevel => "A published scale has at least two levels.",
            Self::TooManyLevels => "A published scale has at most seven levels.",
            Self::ValuesOutOfOrder => "From the worst to the best level the values go one way.",
            Self::PassLevelOutside => "The level that meets the bar is one of the scale.",
            Self::MissingAnchor => "The worst, the middle and the best level need an anchor.",
            Self::DuplicateLabel => "Another level of the scale has this label.",
            Self::DuplicateAnchor => "Another level of the scale has this anchor.",
            Self::EverybodyPasses => "Even the worst level meets the bar.",
            Self::BareLevel => "Nothing says what earns this level.",
        }
    }
}

/// Something that the lint found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// Where, as a JSON Pointer into the version.
    pub pointer: String,
}

/// How many levels a published scale has at most.
const LEVELS_MAX: usize = 7;

impl Content {
    /// What is wrong or doubtful, from top to bottom.
    pub fn lint(&self) -> Vec<Finding> {
        if self.attributes.is_empty() {
            let pointer = "/attributes".to_owned();
            return vec![Finding { code: FindingCode::NoAttributes, pointer }];
        }
        let mut names = BTreeSet::new();
        let mut findings = Vec::new();
        for (index, attribute) in self.attributes.iter().enumerate() {
            let at = format!("/attributes/{index}");
            if !names.insert(attribute.name.to_lowercase()) {
                let pointer = format!("{at}/name");
                findings.push(Finding { code: FindingCode::DuplicateName, pointer });
            }
            findings.extend(attribute.lint(&at));
        }
        findings
    }

    /// What keeps the version from being published.
    pub fn errors(&self) -> Vec<Finding> {
        let is_error = |finding: &Finding| finding.code.severity() == Severity::Error;
        self.lint().into_iter().filter(is_error).collect()
    }
}

impl AttributeContent {
    fn lint(&self, at: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut found = |code, pointer: String| findings.push(Finding { code, pointer });
        let count = self.levels.len();
        if count < 2 {
            found(FindingCode::OneLevel, format!("{at}/levels"));
        } else if count > LEVELS_MAX {
            found(FindingCode::TooManyLevels, format!("{at}/levels"));
        }
        if !self.is_ordered() {
            found(FindingCode::ValuesOutOfOrder, format!("{at}/levels"));
        }
        match usize::try_from(self.pass_level) {
            Ok(1) if count > 1 => found(FindingCode::EverybodyPasses, format!("{at}/pass_level")),
            Ok(level) if (1..=count).contains(&level) => {}
            Ok(_) | Err(_) => found(FindingCode::PassLevelOutside, format!("{at}/pass_level")),
        }
        let (mut labels, mut anchors) = (BTreeSet::new(), BTreeSet::new());
        let missing = self.missing_anchors();
        for (index, level) in self.levels.iter().enumerate() {
            let at = format!("{at}/levels/{index}");
            if !labels.insert(level.label.to_lowercase()) {
                found(FindingCode::DuplicateLabel, format!("{at}/label"));
            }
            match &level.anchor {
                Some(anchor) => {
                    if !anchors.insert(anchor) {
                        found(FindingCode::DuplicateAnchor, format!("{at}/anchor"));
                    }
                }
                None if missing.contains(&index) => {
                    found(FindingCode::MissingAnchor, format!("{at}/anchor"));
                }
                None => {
                    if level.meaning.is_none() {
                        found(FindingCode::BareLevel, at);
                    }
                }
            }
        }
        findings
    }

    /// Whether the values go one way, and the one that the scale says.
    fn is_ordered(&self) -> bool {
        self.levels.iter().zip(self.levels.iter().skip(1)).all(|(worse, better)| {
            match self.direction {
                ScaleDirection::Ascending => worse.value < better.value,
                ScaleDirection::Descending => worse.value > better.value,
            }
        })
    }

    /// The places of the levels that need an anchor and have none. An even scale has two in the
    /// middle, of which one suffices; the worse is named when both lack it.
    fn missing_anchors(&self) -> Vec<usize> {
        let Some(best) = self.levels.len().checked_sub(1) else {
            return Vec::new();
        };
        let anchored =
            |index: usize| self.levels.get(index).is_some_and(|one| one.anchor.is_some());
        let (lower, upper) = (best / 2, self.levels.len() / 2);
        let middle = if anchored(upper) { upper } else { lower };
        let needed = BTreeSet::from([0, middle, best]);
        needed.into_iter().filter(|index| !anchored(*index)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rubrics::LevelContent;

    /// An attribute with one level per letter: `a` is anchored, everything else is not.
    fn attribute(name: &str, pass_level: i32, levels: &str) -> AttributeContent {
        let level = |(letter, value): (char, i32)| LevelContent {
            value,
            label: format!("Label {value}"),
            meaning: None,
            anchor: (letter == 'a').then(|| format!("Does {value}.")),
        };
        AttributeContent {
            key: name.to_lowercase(),
            name: name.to_owned(),
            description: None,
            direction: ScaleDirection::Ascending,
            pass_level,
            levels: levels.chars().zip(1..).map(level).collect(),
        }
    }

    fn findings(attributes: Vec<AttributeContent>) -> Vec<(String, &'static str)> {
        let found = Content { attributes }.lint().into_iter();
        found.map(|finding| (finding.pointer, finding.code.as_str())).collect()
    }

    fn found(pointer: &str, code: &'static str) -> (String, &'static str) {
        (pointer.to_owned(), code)
    }

    fn missing(levels: &str) -> Vec<usize> {
        attribute("Care", 1, levels).missing_anchors()
    }

    #[test]
    fn worst_middle_and_best_level_need_an_anchor() {
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
        assert_eq!(findings(Vec::new()), [found("/attributes", "no_attributes")]);
    }

    #[test]
    fn every_error_is_named_with_its_place() {
        let content = Content {
            attributes: vec![
                attribute("Care", 2, "aaa"),
                attribute("Clarity", 4, "a.a"),
                attribute("care", 0, "a"),
                attribute("Depth", 8, "a..a...a"),
            ],
        };
        let errors = content.errors().into_iter();
        let errors: Vec<_> = errors.map(|one| (one.pointer, one.code.as_str())).collect();
        let expected = [
            found("/attributes/1/pass_level", "pass_level_outside"),
            found("/attributes/1/levels/1/anchor", "missing_anchor"),
            found("/attributes/2/name", "duplicate_name"),
            found("/attributes/2/levels", "one_level"),
            found("/attributes/2/pass_level", "pass_level_outside"),
            found("/attributes/3/levels", "too_many_levels"),
        ];
        assert_eq!(errors, expected);
    }

    #[test]
    fn values_go_the_way_that_the_scale_says() {
        let marks = AttributeContent {
            direction: ScaleDirection::Descending,
            ..attribute("Care", 2, "aaa")
        };
        let out_of_order = [found("/attributes/0/levels", "values_out_of_order")];
        assert_eq!(findings(vec![marks.clone()]), out_of_order);
        let mut best_first = marks;
        for (level, value) in best_first.levels.iter_mut().zip([5, 3, 1]) {
            level.value = value;
        }
        assert!(findings(vec![best_first.clone()]).is_empty());
        best_first.levels[1].value = 5;
        assert_eq!(findings(vec![best_first]), out_of_order);
    }

    #[test]
    fn doubts_are_warnings() {
        let mut doubtful = attribute("Care", 1, "a..aa");
        doubtful.levels[1].meaning = Some("Nearly.".to_owned());
        doubtful.levels[1].label = "label 1".to_owned();
        doubtful.levels[2].anchor = Some("Does it.".to_owned());
        doubtful.levels[3].anchor = None;
        doubtful.levels[4].anchor = Some("Does it.".to_owned());
        assert!(Content { attributes: vec![doubtful.clone()] }.errors().is_empty());
        let expected = [
            found("/attributes/0/pass_level", "everybody_passes"),
            found("/attributes/0/levels/1/label", "duplicate_label"),
            found("/attributes/0/levels/3", "bare_level"),
            found("/attributes/0/levels/4/anchor", "duplicate_anchor"),
        ];
        assert_eq!(findings(vec![doubtful]), expected);
    }
}

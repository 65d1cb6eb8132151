//! What is wrong or doubtful in a loop template. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::{Content, KitContent, Names, Priority};
use crate::ids::{AttributeId, QuestionId};
use crate::text_enum;

text_enum! {
    /// How bad a finding is.
    pub enum LoopTemplateFindingSeverity {
        /// It keeps the version from being published.
        Error => "error",
        /// It is worth a second look.
        Warning => "warning",
    }
}

text_enum! {
    /// What the lint found.
    pub enum LoopTemplateFindingCode {
        /// A must-have attribute is rated in one kit only.
        SingleSource => "single_source",
        /// More than three attributes in at most 45 minutes.
        Crowded => "crowded",
        /// The kits take more of the candidate's time than the policy has it.
        TooLong => "too_long",
        /// A question is asked twice.
        QuestionTwice => "question_twice",
        /// Two questions have nearly the same words.
        QuestionAlike => "question_alike",
        /// The version has no kit.
        NoKits => "no_kits",
        /// No kit rates an attribute that the version must cover.
        NotCovered => "not_covered",
        /// A kit judges by no rubric.
        NoRubric => "no_rubric",
        /// A kit names a question that is not here.
        UnknownQuestion => "unknown_question",
        /// A kit rates nothing.
        NoAttributes => "no_attributes",
        /// A kit has no lead, second or bar raiser.
        NobodyOwes => "nobody_owes",
    }
}

use LoopTemplateFindingCode as FindingCode;
use LoopTemplateFindingSeverity as Severity;

impl FindingCode {
    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::SingleSource
            | Self::Crowded
            | Self::TooLong
            | Self::QuestionTwice
            | Self::QuestionAlike => Severity::Warning,
            Self::NoKits
            | Self::NotCovered
            | Self::NoRubric
            | Self::UnknownQuestion
            | Self::NoAttributes
            | Self::NobodyOwes => Severity::Error,
        }
    }

    /// A sentence for people.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::SingleSource => "Only this kit rates this must-have.",
            Self::Crowded => "More than three attributes in 45 minutes or less.",
            Self::TooLong => "The kits take more of the candidate's time than the policy has it.",
            Self::QuestionTwice => "The question is asked before, here or in another kit.",
            Self::QuestionAlike => {
                "Nearly the same question is asked before, here or in another kit."
            }
            Self::NotCovered => "No kit rates this attribute, which the loop must cover.",
            Self::NoRubric => "A published kit judges by a published rubric version.",
            Self::UnknownQuestion => {
                "There is no such question in the bank; add it, or name another."
            }
            Self::NoKits => "A published loop has at least one kit.",
            Self::NoAttributes => "The kit rates nothing.",
            Self::NobodyOwes => "The kit needs a lead, a second or a bar raiser.",
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

/// From this length on, a kit may rate more than [`ATTRIBUTES_IN_SHORT`] attributes.
const SHORT_MINUTES: i32 = 45;
const ATTRIBUTES_IN_SHORT: usize = 3;

/// How alike the words of two questions are before they count as one: eight of ten are in both.
const ALIKE_TENTHS: usize = 8;

/// An attribute, whether it is here or only named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rated<'a> {
    Here(AttributeId),
    Named(&'a str),
}

impl Content {
    /// What is wrong or doubtful, from top to bottom; with more of a candidate's minutes than the limit
    /// it is long.
    pub fn lint(&self, names: &Names, limit: i64) -> Vec<Finding> {
        let at = |code, pointer: &str| Finding { code, pointer: pointer.to_owned() };
        let mut findings = Vec::new();
        let covered = self.covered(names);
        for (index, key) in self.must_cover.iter().enumerate() {
            if !covered.contains(&**key) {
                findings.push(at(FindingCode::NotCovered, &format!("/must_cover/{index}")));
            }
        }
        if self.kits.is_empty() {
            findings.push(at(FindingCode::NoKits, "/kits"));
        }
        if self.candidate_minutes() > limit {
            findings.push(at(FindingCode::TooLong, "/kits"));
        }
        let (sources, mut asked) = (self.sources(), Asked::default());
        for (index, kit) in self.kits.iter().enumerate() {
            let at = format!("/kits/{index}");
            findings.extend(kit.lint(&at, &sources));
            findings.extend(asked.lint(kit, &at, names));
        }
        findings
    }

    /// What keeps the version from being published.
    pub fn errors(&self, names: &Names) -> Vec<Finding> {
        let is_error = |finding: &Finding| finding.code.severity() == Severity::Error;
        self.lint(names, i64::MAX).into_iter().filter(is_error).collect()
    }

    /// How much of the candidate's time the kits take.
    pub fn candidate_minutes(&self) -> i64 {
        let kits = self.kits.iter().filter(|kit| kit.kind.takes_candidate_time());
        kits.map(|kit| i64::from(kit.minutes)).sum()
    }

    /// The keys of the attributes that some kit rates, or waits to rate.
    fn covered<'a>(&'a self, names: &'a Names) -> BTreeSet<&'a str> {
        let rated = self.kits.iter().flat_map(KitContent::rated);
        let keys = rated.filter_map(|(attribute, _)| match attribute {
            Rated::Here(id) => names.attributes.get(&id).map(String::as_str),
            Rated::Named(key) => Some(key),
        });
        keys.collect()
    }

    /// In how many kits each attribute is rated.
    fn sources(&self) -> BTreeMap<Rated<'_>, usize> {
        let mut sources = BTreeMap::new();
        for (attribute, _) in self.kits.iter().flat_map(KitContent::rated) {
            *sources.entry(attribute).or_default() += 1;
        }
        sources
    }
}

impl KitContent {
    /// What it rates, and what it waits to rate.
    fn rated(&self) -> impl Iterator<Item = (Rated<'_>, Priority)> {
        let here = self.attributes.iter().map(|(id, priority)| (Rated::Here(*id), *priority));
        let named = self.wanted.attributes.iter();
        here.chain(named.map(|one| (Rated::Named(&one.attribute), one.priority)))
    }

    fn lint(&self, at: &str, sources: &BTreeMap<Rated<'_>, usize>) -> Vec<Finding> {
        let attributes = format!("{at}/attributes");
        let mut findings = Vec::new();
        let mut found = |code, pointer: String| findings.push(Finding { code, pointer });
        if self.rubric_version_id.is_none() {
            found(FindingCode::NoRubric, format!("{at}/rubric_version_id"));
        }
        let rated = self.rated().count();
        if rated == 0 {
            found(FindingCode::NoAttributes, attributes.clone());
        }
        if self.minutes <= SHORT_MINUTES && rated > ATTRIBUTES_IN_SHORT {
            found(FindingCode::Crowded, attributes.clone());
        }
        for (index, (attribute, priority)) in self.rated().enumerate() {
            if priority == Priority::Must && sources.get(&attribute) == Some(&1) {
                let pointer = match attribute {
                    Rated::Here(_) => format!("{attributes}/{index}"),
                    Rated::Named(_) => {
                        let index = index.saturating_sub(self.attributes.len());
                        format!("{at}/wanted/attributes/{index}")
                    }
                };
                found(FindingCode::SingleSource, pointer);
            }
        }
        let needs_panel = self.kind != super::KitKind::ExternalAssessment;
        if needs_panel && !self.slots.iter().any(|seat| seat.slot.owes()) {
            found(FindingCode::NobodyOwes, format!("{at}/slots"));
        }
        for index in 0..self.wanted.questions.len() {
            found(FindingCode::UnknownQuestion, format!("{at}/wanted/questions/{index}"));
        }
        findings
    }
}

/// The questions that were met so far, each with its words.
#[derive(Debug, Default)]
struct Asked<'a> {
    ids: BTreeSet<QuestionId>,
    words: Vec<(QuestionId, BTreeSet<String>)>,
    keys: BTreeSet<&'a str>,
}

impl<'a> Asked<'a> {
    /// What a kit asks that was asked before, in the same or in nearly the same words.
    fn lint(&mut self, kit: &'a KitContent, at: &str, names: &Names) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (index, question) in kit.questions.iter().enumerate() {
            let id = question.question_id;
            let mut found = |code| {
                findings.push(Finding { code, pointer: format!("{at}/questions/{index}") });
            };
            let wording = question.version_id.and_then(|id| names.questions.get(&id));
            let words = wording.map(|wording| words(&wording.text)).unwrap_or_default();
            if !self.ids.insert(id) {
                found(FindingCode::QuestionTwice);
            } else if self.words.iter().any(|(other, known)| *other != id && alike(known, &words)) {
                found(FindingCode::QuestionAlike);
            }
            self.words.push((id, words));
        }
        for (index, question) in kit.wanted.questions.iter().enumerate() {
            if !self.keys.insert(&question.question) {
                let pointer = format!("{at}/wanted/questions/{index}");
                findings.push(Finding { code: FindingCode::QuestionTwice, pointer });
            }
        }
        findings
    }
}

/// The words of a text, whatever their case and order.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether two texts say nearly the same: most of the words of both are in both.
fn alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let (shared, all) = (one.intersection(other).count(), one.union(other).count());
    all > 0 && shared * 10 >= all * ALIKE_TENTHS
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::ids::{QuestionVersionId, RubricVersionId};
    use crate::loops::templates::{
        KitKind, KitQuestion, NamedAttribute, NamedQuestion, Slot, Wanted, Wording,
    };

    fn kit(minutes: i32, attributes: &[(u128, Priority)], slots: &[Slot]) -> KitContent {
        let id = |number: &u128| AttributeId::from_uuid(Uuid::from_u128(*number));
        KitContent {
            name: "Kit".to_owned(),
            kind: KitKind::Live,
            minutes,
            rubric_version_id: Some(RubricVersionId::from_uuid(Uuid::from_u128(0))),
            wanted: Wanted::default(),
            attributes: attributes
                .iter()
                .map(|(number, priority)| (id(number), *priority))
                .collect(),
            slots: slots.iter().map(|slot| (*slot).into()).collect(),
            questions: Vec::new(),
        }
    }

    fn lint(kits: Vec<KitContent>) -> Vec<(String, &'static str)> {
        let content = Content { kits, ..Content::default() };
        let findings = content.lint(&Names::default(), 480).into_iter();
        findings.map(|finding| (finding.pointer, finding.code.as_str())).collect()
    }

    fn found(pointer: &str, code: &'static str) -> (String, &'static str) {
        (pointer.to_owned(), code)
    }

    use Priority::{Must, Nice};
    use Slot::{BarRaiser, Lead, Observer, Shadow};

    #[test]
    fn two_kits_that_share_their_must_haves_raise_nothing() {
        let one = kit(60, &[(1, Must), (2, Nice)], &[Lead]);
        let other = kit(60, &[(1, Nice)], &[Shadow, BarRaiser]);
        assert!(lint(vec![one, other]).is_empty());
    }

    #[test]
    fn a_must_have_with_a_single_kit_is_a_warning() {
        let kits = vec![kit(60, &[(1, Nice), (2, Must)], &[Lead]), kit(60, &[(3, Nice)], &[Lead])];
        assert_eq!(lint(kits.clone()), [found("/kits/0/attributes/1", "single_source")]);
        let content = Content { kits, ..Content::default() };
        assert!(content.errors(&Names::default()).is_empty());
    }

    #[test]
    fn more_than_three_attributes_need_more_than_45_minutes() {
        let four = [(1, Nice), (2, Nice), (3, Nice), (4, Nice)];
        assert_eq!(lint(vec![kit(45, &four, &[Lead])]), [found("/kits/0/attributes", "crowded")]);
        assert!(lint(vec![kit(46, &four, &[Lead])]).is_empty());
        assert!(lint(vec![kit(45, &four[..3], &[Lead])]).is_empty());
    }

    #[test]
    fn only_the_candidates_own_time_counts() {
        let day = kit(480, &[(1, Nice)], &[Lead]);
        let more = kit(5, &[(1, Nice)], &[Lead]);
        let reference = KitContent { kind: KitKind::Reference, ..more.clone() };
        assert!(lint(vec![day.clone(), reference]).is_empty());
        assert_eq!(lint(vec![day, more]), [found("/kits", "too_long")]);
    }

    #[test]
    fn a_question_is_asked_once() {
        let asked = |number: u128| KitQuestion {
            question_id: QuestionId::from_uuid(Uuid::from_u128(number)),
            version_id: None,
        };
        let kit = |questions: &[u128]| KitContent {
            questions: questions.iter().map(|number| asked(*number)).collect(),
            ..kit(60, &[(1, Nice)], &[Lead])
        };
        assert!(lint(vec![kit(&[1, 2]), kit(&[3])]).is_empty());
        let twice = [
            found("/kits/0/questions/2", "question_twice"),
            found("/kits/1/questions/0", "question_twice"),
        ];
        assert_eq!(lint(vec![kit(&[1, 2, 1]), kit(&[2])]), twice);
    }

    #[test]
    fn a_version_without_kits_and_a_kit_without_attributes_or_owing_slot_are_errors() {
        assert_eq!(lint(Vec::new()), [found("/kits", "no_kits")]);
        let empty = kit(60, &[], &[Shadow, Observer]);
        let errors =
            [found("/kits/0/attributes", "no_attributes"), found("/kits/0/slots", "nobody_owes")];
        assert_eq!(lint(vec![empty.clone()]), errors);
        let content = Content { kits: vec![empty], ..Content::default() };
        assert_eq!(content.errors(&Names::default()).len(), 2);
    }

    #[test]
    fn what_must_be_covered_is_rated_or_waits_to_be() {
        let names = Names {
            attributes: [(AttributeId::from_uuid(Uuid::from_u128(1)), "care".to_owned())].into(),
            ..Names::default()
        };
        let key = |key: &str| key.parse().expect("a key");
        let mut named = kit(60, &[], &[Lead]);
        named.rubric_version_id = None;
        named.wanted.attributes =
            vec![NamedAttribute { attribute: key("depth"), priority: Priority::Must }];
        let content = Content {
            must_cover: vec![key("care"), key("depth"), key("wit")],
            kits: vec![kit(60, &[(1, Nice)], &[Lead]), named],
        };
        let findings = content.lint(&names, 480).into_iter();
        let findings: Vec<_> = findings.map(|one| (one.pointer, one.code.as_str())).collect();
        let expected = [
            found("/must_cover/2", "not_covered"),
            found("/kits/1/rubric_version_id", "no_rubric"),
            found("/kits/1/wanted/attributes/0", "single_source"),
        ];
        assert_eq!(findings, expected);
        assert_eq!(content.errors(&names).len(), 2);
    }

    #[test]
    fn questions_that_nearly_say_the_same_are_found() {
        let asked = |number: u128, text: &str| {
            let id = Uuid::from_u128(number);
            let question_id = QuestionId::from_uuid(id);
            let version_id = QuestionVersionId::from_uuid(id);
            let wording = Wording { key: "q".to_owned(), number: 1, text: text.to_owned() };
            let asks = KitQuestion { question_id, version_id: Some(version_id) };
            (asks, (version_id, wording))
        };
        let all = [
            asked(1, "Tell me about a bug that took you days to find."),
            asked(2, "Tell me about a bug that took you DAYS, to find!"),
            asked(3, "Tell me about a person who changed your mind."),
        ];
        let names = Names { questions: all.clone().map(|one| one.1).into(), ..Names::default() };
        let kit = |which: &[usize]| KitContent {
            questions: which.iter().map(|index| all[*index].0).collect(),
            ..kit(60, &[(1, Nice)], &[Lead])
        };
        let content = Content { kits: vec![kit(&[0, 2]), kit(&[1])], ..Content::default() };
        let findings = content.lint(&names, 480);
        let codes: Vec<_> = findings.iter().map(|one| (&*one.pointer, one.code.as_str())).collect();
        assert_eq!(codes, [("/kits/1/questions/0", "question_alike")]);
        let mut unknown = kit(&[]);
        let nothing = NamedQuestion { question: "nothing".parse().expect("a key"), version: None };
        unknown.wanted.questions = vec![nothing];
        assert_eq!(lint(vec![unknown]), [found("/kits/0/wanted/questions/0", "unknown_question")]);
    }
}

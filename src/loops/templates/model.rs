//! What a loop template says, and what its lint finds. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{AttributeId, PoolId, QuestionId, QuestionVersionId, RubricVersionId, UserId};
use crate::text_enum;

text_enum! {
    /// The type of an interview.
    pub enum KitKind {
        /// Face to face or on a call.
        Live => "live",
        /// Something handed in before is read without the candidate.
        AsyncReview => "async_review",
        /// The candidate works on a task.
        WorkSample => "work_sample",
        /// A test at a partner.
        ExternalAssessment => "external_assessment",
        /// A talk with somebody who knows the candidate.
        Reference => "reference",
    }
}

text_enum! {
    /// Whether an attribute must be met.
    pub enum Priority {
        /// Below its pass level there is no hire without a reason.
        Must => "must",
        /// Good to have.
        Nice => "nice",
    }
}

text_enum! {
    /// A seat on a panel. Lead, second and bar raiser owe a scorecard.
    pub enum Slot {
        /// Leads the interview.
        Lead => "lead",
        /// Asks and judges beside the lead.
        Second => "second",
        /// Learns; the card is kept for training.
        Shadow => "shadow",
        /// Watches.
        Observer => "observer",
        /// Judges against the bar of the whole organization.
        BarRaiser => "bar_raiser",
    }
}

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
        /// The kits take more than 480 minutes of the candidate's time.
        TooLong => "too_long",
        /// A question is asked twice.
        QuestionTwice => "question_twice",
        /// The version has no kit.
        NoKits => "no_kits",
        /// A kit rates nothing.
        NoAttributes => "no_attributes",
        /// A kit has no lead, second or bar raiser.
        NobodyOwes => "nobody_owes",
    }
}

use LoopTemplateFindingCode as FindingCode;
use LoopTemplateFindingSeverity as Severity;

impl KitKind {
    /// Whether the candidate spends the minutes, too.
    pub const fn takes_candidate_time(self) -> bool {
        match self {
            Self::Live | Self::WorkSample | Self::ExternalAssessment => true,
            Self::AsyncReview | Self::Reference => false,
        }
    }
}

impl Slot {
    /// Whether whoever sits there owes a scorecard.
    pub const fn owes(self) -> bool {
        match self {
            Self::Lead | Self::Second | Self::BarRaiser => true,
            Self::Shadow | Self::Observer => false,
        }
    }
}

impl FindingCode {
    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::SingleSource | Self::Crowded | Self::TooLong | Self::QuestionTwice => {
                Severity::Warning
            }
            Self::NoKits | Self::NoAttributes | Self::NobodyOwes => Severity::Error,
        }
    }

    /// A sentence for people.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::SingleSource => "Only this kit rates this must-have.",
            Self::Crowded => "More than three attributes in 45 minutes or less.",
            Self::TooLong => "The kits take more than eight hours of the candidate's time.",
            Self::QuestionTwice => "The question is asked before, here or in another kit.",
            Self::NoKits => "A published loop has at least one kit.",
            Self::NoAttributes => "The kit rates nothing.",
            Self::NobodyOwes => "The kit needs a lead, a second or a bar raiser.",
        }
    }
}

/// The content of one version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Content {
    /// The interviews, in order.
    pub kits: Vec<KitContent>,
}

/// One interview of a loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KitContent {
    /// What it is called.
    pub name: String,
    /// Its type.
    pub kind: KitKind,
    /// How long it takes.
    pub minutes: i32,
    /// The published version that it judges by.
    pub rubric_version_id: RubricVersionId,
    /// The attributes of that version that it rates, in order.
    pub attributes: Vec<(AttributeId, Priority)>,
    /// The seats on its panel, in order.
    pub slots: Vec<SlotContent>,
    /// What it asks, in order.
    pub questions: Vec<KitQuestion>,
}

/// A seat on the panel of a kit: from a pool, of people who are named, or of anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotContent {
    /// As what somebody sits there.
    pub slot: Slot,
    /// From which pool somebody is taken.
    pub pool_id: Option<PoolId>,
    /// Who may sit there; nobody is named where it is a pool, or anybody.
    pub user_ids: Vec<UserId>,
}

impl From<Slot> for SlotContent {
    /// For anybody.
    fn from(slot: Slot) -> Self {
        Self { slot, pool_id: None, user_ids: Vec::new() }
    }
}

/// A question that a kit asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KitQuestion {
    /// Which.
    pub question_id: QuestionId,
    /// In which wording; none until it is written down, which is in the current one.
    pub version_id: Option<QuestionVersionId>,
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
/// How much of a candidate's time a loop takes before it is called long.
const CANDIDATE_MINUTES: i64 = 480;

impl Content {
    /// What is wrong or doubtful, from top to bottom.
    pub fn lint(&self) -> Vec<Finding> {
        let at = |code, pointer: &str| Finding { code, pointer: pointer.to_owned() };
        let mut findings = Vec::new();
        if self.kits.is_empty() {
            findings.push(at(FindingCode::NoKits, "/kits"));
        }
        if self.candidate_minutes() > CANDIDATE_MINUTES {
            findings.push(at(FindingCode::TooLong, "/kits"));
        }
        let (sources, mut asked) = (self.sources(), BTreeSet::new());
        for (index, kit) in self.kits.iter().enumerate() {
            let at = format!("/kits/{index}");
            findings.extend(kit.lint(&at, &sources));
            for (index, question) in kit.questions.iter().enumerate() {
                if !asked.insert(question.question_id) {
                    let pointer = format!("{at}/questions/{index}");
                    findings.push(Finding { code: FindingCode::QuestionTwice, pointer });
                }
            }
        }
        findings
    }

    /// What keeps the version from being published.
    pub fn errors(&self) -> Vec<Finding> {
        let is_error = |finding: &Finding| finding.code.severity() == Severity::Error;
        self.lint().into_iter().filter(is_error).collect()
    }

    /// How much of the candidate's time the kits take.
    fn candidate_minutes(&self) -> i64 {
        let kits = self.kits.iter().filter(|kit| kit.kind.takes_candidate_time());
        kits.map(|kit| i64::from(kit.minutes)).sum()
    }

    /// In how many kits each attribute is rated.
    fn sources(&self) -> BTreeMap<AttributeId, usize> {
        let mut sources = BTreeMap::new();
        for (attribute, _) in self.kits.iter().flat_map(|kit| &kit.attributes) {
            *sources.entry(*attribute).or_default() += 1;
        }
        sources
    }
}

impl KitContent {
    fn lint(&self, at: &str, sources: &BTreeMap<AttributeId, usize>) -> Vec<Finding> {
        let attributes = format!("{at}/attributes");
        let mut findings = Vec::new();
        if self.attributes.is_empty() {
            findings.push(Finding { code: FindingCode::NoAttributes, pointer: attributes.clone() });
        }
        if self.minutes <= SHORT_MINUTES && self.attributes.len() > ATTRIBUTES_IN_SHORT {
            findings.push(Finding { code: FindingCode::Crowded, pointer: attributes.clone() });
        }
        for (index, (attribute, priority)) in self.attributes.iter().enumerate() {
            if *priority == Priority::Must && sources.get(attribute) == Some(&1) {
                let pointer = format!("{attributes}/{index}");
                findings.push(Finding { code: FindingCode::SingleSource, pointer });
            }
        }
        if !self.slots.iter().any(|seat| seat.slot.owes()) {
            let pointer = format!("{at}/slots");
            findings.push(Finding { code: FindingCode::NobodyOwes, pointer });
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn kit(minutes: i32, attributes: &[(u128, Priority)], slots: &[Slot]) -> KitContent {
        let id = |number: &u128| AttributeId::from_uuid(Uuid::from_u128(*number));
        KitContent {
            name: "Kit".to_owned(),
            kind: KitKind::Live,
            minutes,
            rubric_version_id: RubricVersionId::from_uuid(Uuid::from_u128(0)),
            attributes: attributes
                .iter()
                .map(|(number, priority)| (id(number), *priority))
                .collect(),
            slots: slots.iter().map(|slot| SlotContent::from(*slot)).collect(),
            questions: Vec::new(),
        }
    }

    fn lint(kits: Vec<KitContent>) -> Vec<(String, &'static str)> {
        let findings = Content { kits }.lint().into_iter();
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
        assert!(Content { kits }.errors().is_empty());
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
        assert_eq!(Content { kits: vec![empty] }.errors().len(), 2);
    }
}

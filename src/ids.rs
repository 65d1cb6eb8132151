//! The registry of typed ids, and where new ones come from.
//!
//! An id is a `UUIDv7`, stored natively and shown as `prefix_` + 26 characters of base32 (TypeID,
//! <https://github.com/jetify-com/typeid/tree/main/spec>), so that an id of the wrong kind fails
//! where it is parsed. Ids order by the time of their making; they are never secrets.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::clock::Instant;

/// A noun that has ids.
pub trait Kind: 'static {
    /// What its ids begin with, before the underscore.
    const PREFIX: &'static str;
    /// The noun in prose and in `subject_kind` columns: lower case, underscores.
    const NOUN: &'static str;
}

/// The id of one thing of kind `K`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// An id without its kind, for columns that point at several nouns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnyId(pub Uuid);

macro_rules! ids {
    ($($name:ident $marker:ident $prefix:literal $noun:literal),+ $(,)?) => {
        /// The kinds of ids; types without values.
        pub mod kinds {
            $(
                #[doc = concat!("The kind of `", $prefix, "_…` ids.")]
                #[derive(Debug, Clone, Copy)]
                pub enum $marker {}
                impl super::Kind for $marker {
                    const PREFIX: &'static str = $prefix;
                    const NOUN: &'static str = $noun;
                }
            )+
        }
        $(
            #[doc = concat!("`", $prefix, "_…`")]
            pub type $name = Id<kinds::$marker>;
        )+

        /// The prefix of the ids of a noun, as it stands in `subject_kind` columns.
        pub fn prefix_of(noun: &str) -> Option<&'static str> {
            match noun { $($noun => Some($prefix),)+ _ => None }
        }

        /// The noun whose ids begin with a prefix.
        pub fn noun_of(prefix: &str) -> Option<&'static str> {
            match prefix { $($prefix => Some($noun),)+ _ => None }
        }
    };
}

// Alphabetical, append-only.
ids! {
    AgencyId Agency "agency" "agency",
    AgreementId Agreement "agreement" "agreement",
    AnonymizationId Anonymization "anon" "anonymization",
    ApiKeyId ApiKey "key" "api_key",
    ApplicationAnswerId ApplicationAnswer "appanswer" "application_answer",
    ApplicationBatchId ApplicationBatch "batch" "application_batch",
    ApplicationConsentId ApplicationConsent "appconsent" "application_consent",
    ApplicationId Application "app" "application",
    ApplicationMoveId ApplicationMove "move" "application_move",
    ApprovalChainId ApprovalChain "chain" "approval_chain",
    ApprovalRunId ApprovalRun "run" "approval_run",
    ApprovalStepId ApprovalStep "step" "approval_step",
    AssessmentResultId AssessmentResult "asmt" "assessment_result",
    AttachmentId Attachment "att" "attachment",
    AttributeId Attribute "attr" "attribute",
    BallotId Ballot "ballot" "ballot",
    BreakGlassId BreakGlass "glass" "break_glass",
    BusyCalendarId BusyCalendar "busycal" "busy_calendar",
    CandidateAskId CandidateAsk "candask" "candidate_ask",
    CandidateId Candidate "cand" "candidate",
    CandidateTagId CandidateTag "candtag" "candidate_tag",
    CapabilityId Capability "cap" "capability",
    ChatAddressId ChatAddress "chat" "chat_address",
    ContactPointId ContactPoint "contact" "contact_point",
    DebriefId Debrief "debrief" "debrief",
    DebriefPeekId DebriefPeek "peek" "debrief_peek",
    DecisionId Decision "dec" "decision",
    DelegationId Delegation "dlgn" "delegation",
    DeliveryId Delivery "dlv" "delivery",
    DepartmentId Department "dept" "department",
    DissentId Dissent "dissent" "dissent",
    EventId Event "evt" "event",
    ExternalRefId ExternalRef "ref" "external_ref",
    FieldDefinitionId FieldDefinition "field" "field_definition",
    FindingId Finding "finding" "finding",
    HireId Hire "hire" "hire",
    HiringTeamMemberId HiringTeamMember "member" "hiring_team_member",
    HolidayCalendarId HolidayCalendar "holcal" "holiday_calendar",
    IdempotencyKeyId IdempotencyKey "idem" "idempotency_key",
    IdentityId Identity "identity" "identity",
    InterviewId Interview "int" "interview",
    InvitationId Invitation "inv" "invitation",
    JobId Job "job" "job",
    JobOfficeId JobOffice "joboffice" "job_office",
    JobPostId JobPost "jobpost" "job_post",
    KitId Kit "kit" "kit",
    LevelId Level "level" "level",
    LightDecisionId LightDecision "lightdec" "light_decision",
    LoopId Loop "loop" "loop",
    LoopProbeId LoopProbe "probe" "loop_probe",
    LoopTemplateId LoopTemplate "looptpl" "loop_template",
    LoopTemplateVersionId LoopTemplateVersion "looptplver" "loop_template_version",
    MessageId Message "msg" "message",
    MessageTemplateId MessageTemplate "msgtpl" "message_template",
    NoteId Note "note" "note",
    OfferId Offer "offer" "offer",
    OfferVersionId OfferVersion "offerver" "offer_version",
    OfficeId Office "office" "office",
    OpeningId Opening "opening" "opening",
    OrganizationId Organization "org" "organization",
    PanelistId Panelist "panelist" "panelist",
    PasswordResetId PasswordReset "reset" "password_reset",
    PayBandId PayBand "band" "pay_band",
    PayZoneId PayZone "payzone" "pay_zone",
    PoolId Pool "pool" "pool",
    PoolMemberId PoolMember "poolmember" "pool_member",
    ProposalId Proposal "proposal" "proposal",
    ProspectId Prospect "prospect" "prospect",
    QuestionId Question "question" "question",
    QuestionVersionId QuestionVersion "questionver" "question_version",
    RatingId Rating "rating" "rating",
    RefreshTokenId RefreshToken "refresh" "refresh_token",
    RejectionId Rejection "rejection" "rejection",
    RejectionReasonId RejectionReason "reason" "rejection_reason",
    ReopeningId Reopening "reopening" "reopening",
    ResponseId Response "response" "response",
    RetentionHoldId RetentionHold "hold" "retention_hold",
    RetentionPolicyId RetentionPolicy "retpolicy" "retention_policy",
    RetentionRunId RetentionRun "retentionrun" "retention_run",
    RowId Row "row" "row",
    RubricId Rubric "rubric" "rubric",
    RubricVersionId RubricVersion "rubricver" "rubric_version",
    SavedViewId SavedView "view" "saved_view",
    ScorecardId Scorecard "card" "scorecard",
    ScorecardRevisionId ScorecardRevision "cardrev" "scorecard_revision",
    ServiceAccountId ServiceAccount "svc" "service_account",
    SessionId Session "sess" "session",
    SettingsVersionId SettingsVersion "settings" "settings_version",
    SignInId SignIn "signin" "sign_in",
    SignalRequestId SignalRequest "signal" "signal_request",
    SigningKeyId SigningKey "skey" "signing_key",
    SourceId Source "source" "source",
    StageId Stage "stage" "stage",
    TagId Tag "tag" "tag",
    TimeOffId TimeOff "timeoff" "time_off",
    TimeRequestId TimeRequest "timereq" "time_request",
    UserId User "user" "user",
    VoteId Vote "vote" "vote",
    WithdrawalId Withdrawal "withdrawal" "withdrawal",
}

impl<K> Id<K> {
    /// The id with this value.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// Its value.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The same value without the kind.
    pub const fn any(self) -> AnyId {
        AnyId(self.0)
    }
}

impl AnyId {
    /// The wire form of an id of this noun; a noun outside the registry shows `id`.
    pub fn shown_as(self, noun: &str) -> String {
        show(prefix_of(noun).unwrap_or("id"), self.0)
    }

    /// The id as one of kind `K`; the caller knows from `subject_kind` that it is.
    pub const fn typed<K>(self) -> Id<K> {
        Id::from_uuid(self.0)
    }
}

/// Crockford's base32 in lower case, as TypeID uses it.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_LENGTH: usize = 26;

fn show(prefix: &str, uuid: Uuid) -> String {
    let mut text = String::with_capacity(prefix.len() + 1 + SUFFIX_LENGTH);
    text.push_str(prefix);
    text.push('_');
    let value = uuid.as_u128();
    for place in (0..SUFFIX_LENGTH).rev() {
        let digit = usize::try_from((value >> (5 * place)) & 0b1_1111).unwrap_or(0);
        text.push(ALPHABET.get(digit).copied().map_or('0', char::from));
    }
    text
}

fn read(prefix: &str, text: &str) -> Option<Uuid> {
    let suffix = text.strip_prefix(prefix)?.strip_prefix('_')?.as_bytes();
    // Twenty-six digits hold 130 bits; the first may only use three of its five.
    if suffix.len() != SUFFIX_LENGTH || !suffix.first().is_some_and(|c| (b'0'..=b'7').contains(c)) {
        return None;
    }
    let mut value: u128 = 0;
    for c in suffix {
        let digit = ALPHABET.iter().position(|a| a == c)?;
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(value))
}

/// The text is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongId {
    /// What the ids of the kind begin with.
    pub prefix: &'static str,
}

impl fmt::Display for WrongId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected an id of the form {}_ and 26 characters", self.prefix)
    }
}

impl std::error::Error for WrongId {}

impl FromStr for AnyId {
    type Err = WrongId;
    /// Reads an id of any noun of the registry.
    fn from_str(text: &str) -> Result<Self, WrongId> {
        let wrong = WrongId { prefix: "prefix" };
        let (prefix, _) = text.rsplit_once('_').ok_or(wrong.clone())?;
        let known = noun_of(prefix).is_some();
        read(prefix, text).filter(|_| known).map(Self).ok_or(wrong)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = WrongId;
    fn from_str(text: &str) -> Result<Self, WrongId> {
        read(K::PREFIX, text).map(Self::from_uuid).ok_or(WrongId { prefix: K::PREFIX })
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show(K::PREFIX, self.0))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let example = show(K::PREFIX, Uuid::from_u128(0x0192_f4a1_7c3b_7e21_9d5a_3b1c_2d4e_6f80));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(format!("The id of one {}.", K::NOUN.replace('_', " "))))
            .pattern(Some(format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", K::PREFIX)))
            .examples([serde_json::Value::String(example)])
            .into()
    }
}
impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        let pascal: String = K::NOUN
            .split('_')
            .map(|word| {
                let mut letters = word.chars();
                letters.next().map_or_else(String::new, |first| {
                    first.to_uppercase().chain(letters).collect::<String>()
                })
            })
            .collect();
        format!("{pascal}Id").into()
    }
}

impl AnyId {
    /// Below every id that is made at an instant or later, and above those made before.
    pub fn first_at(instant: Instant) -> Self {
        let mut earliest = IdBatch { now: instant, seed: 0, made: 0 };
        earliest.next_id::<kinds::Event>().any()
    }
}

/// Where ids come from.
#[derive(Clone, Debug)]
pub struct IdSource(Entropy);

#[derive(Clone, Debug)]
enum Entropy {
    System,
    Counted(Arc<AtomicU64>),
}

impl IdSource {
    /// Random ids.
    pub fn random() -> Self {
        Self(Entropy::System)
    }

    /// Ids that come out the same in every run, for tests that compare two histories.
    pub fn counted() -> Self {
        Self(Entropy::Counted(Arc::new(AtomicU64::new(1))))
    }

    /// A batch of ids for one unit of work at `now`. A closure that is run again makes the same
    /// ids again when it is given a copy of the batch.
    pub fn batch(&self, now: Instant) -> IdBatch {
        let seed = match &self.0 {
            Entropy::System => random_seed(),
            Entropy::Counted(next) => next.fetch_add(1, Ordering::SeqCst) << 20,
        };
        IdBatch { now, seed, made: 0 }
    }
}

fn random_seed() -> u64 {
    let mut bytes = [0_u8; 8];
    // Should the machine's randomness fail, equal seeds make equal ids, and the primary key
    // refuses the second: nothing is overwritten.
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        tracing::error!("The machine has no randomness.");
    }
    u64::from_le_bytes(bytes)
}

/// The ids of one unit of work; deterministic once made.
#[derive(Clone, Debug)]
pub struct IdBatch {
    now: Instant,
    seed: u64,
    made: u64,
}

impl IdBatch {
    /// The next id: version 7 (RFC 9562 §5.7, with microseconds in `rand_a` by its method 3), and
    /// ascending within the batch.
    pub fn next_id<K>(&mut self) -> Id<K> {
        let micros = u128::try_from(self.now.timestamp_micros().max(0)).unwrap_or(0);
        let (millis, sub_millis) = (micros / 1000, micros % 1000);
        let tail = u128::from(self.seed.wrapping_add(self.made)) & ((1 << 62) - 1);
        self.made += 1;
        let value = ((millis & ((1 << 48) - 1)) << 80)
            | (0x7 << 76)
            | ((sub_millis * 4096 / 1000) << 64)
            | (0b10 << 62)
            | tail;
        Id::from_uuid(Uuid::from_u128(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_wire_form() {
        let id: CandidateId =
            IdSource::counted().batch(Instant::from_micros(1_795_000_000_123_456)).next_id();
        assert_eq!(id.to_string().parse::<CandidateId>(), Ok(id));
        assert_eq!(id.uuid().get_version_num(), 7);
    }

    #[test]
    fn an_id_of_another_kind_is_refused() {
        let id: CandidateId = IdSource::random().batch(Instant::from_micros(0)).next_id();
        assert!(id.to_string().parse::<JobId>().is_err());
        assert!("cand_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<CandidateId>().is_err());
        assert!("cand_0000000000000000000000000I".parse::<CandidateId>().is_err());
    }

    #[test]
    fn the_ids_of_a_batch_ascend_and_come_out_the_same_again() {
        let batch = IdSource::random().batch(Instant::from_micros(1_795_000_000_000_000));
        let make =
            |mut batch: IdBatch| -> Vec<JobId> { (0..100).map(|_| batch.next_id()).collect() };
        let ids = make(batch.clone());
        assert!(ids.is_sorted());
        assert_eq!(ids, make(batch));
    }
}

//! The tables of the registry.

use super::{Column, Erased, Given, Table, Tells, Way};

use Erased::{Emptied, File, Kept, Null, Object, Row, Shell};
use Given::{Json, Number, Text, Withheld, Words};

const fn col(name: &'static str, erased: Erased, given: Given) -> Column {
    Column { name, erased, given }
}

/// Words of somebody that may be missing.
const fn words(name: &'static str) -> Column {
    col(name, Null, Words)
}

/// A code that stays.
const fn code(name: &'static str) -> Column {
    col(name, Kept, Text)
}

/// A number that stays.
const fn number(name: &'static str) -> Column {
    col(name, Kept, Number)
}

/// Something that stays and is not given.
const fn apart(name: &'static str) -> Column {
    col(name, Kept, Withheld)
}

/// Something that goes with its row and is not given.
const fn gone(name: &'static str) -> Column {
    col(name, Row, Withheld)
}

const fn facts(
    name: &'static str,
    way: Way,
    by: Option<&'static str>,
    at: Option<&'static str>,
    columns: &'static [Column],
) -> Table {
    Table { name, way, tells: Tells::Facts, by, at, columns }
}

const fn judgement(
    name: &'static str,
    way: Way,
    by: Option<&'static str>,
    at: Option<&'static str>,
    columns: &'static [Column],
) -> Table {
    Table { name, way, tells: Tells::Judgement, by, at, columns }
}

const CREATED: Option<&str> = Some("created_at");
const OCCURRED: Option<&str> = Some("occurred_at");
const USER: Option<&str> = Some("user_id");

/// Every table with columns that tell of candidates, from the person to what was done about them.
pub const TABLES: &[Table] = &[
    facts(
        "candidates",
        Way::Own,
        None,
        CREATED,
        &[
            col("name", Shell, Text),
            col("location", Null, Text),
            col("time_zone", Null, Text),
            col("locale", Null, Text),
            col("user_id", Null, Withheld),
            col("custom", Object, Json),
        ],
    ),
    facts(
        "contact_points",
        Way::Candidate,
        None,
        None,
        &[
            col("kind", Row, Text),
            col("value", Row, Text),
            gone("value_folded"),
            col("refused_reason", Row, Text),
        ],
    ),
    facts("candidate_tags", Way::Candidate, None, CREATED, &[gone("id"), col("tag_id", Row, Text)]),
    facts(
        "notes",
        Way::Candidate,
        Some("author_id"),
        CREATED,
        &[code("visibility"), col("body", Emptied, Words)],
    ),
    facts("note_mentions", Way::Note, None, None, &[gone("id")]),
    facts(
        "attachments",
        Way::Candidate,
        Some("uploaded_by"),
        CREATED,
        &[
            code("kind"),
            col("file_name", File, Text),
            code("media_type"),
            number("size_bytes"),
            col("sha256", File, Withheld),
        ],
    ),
    facts("attachment_contents", Way::Content, None, None, &[gone("sha256"), gone("bytes")]),
    facts("prospects", Way::Candidate, Some("owner_id"), CREATED, &[code("stage_name")]),
    facts(
        "prospect_moves",
        Way::Prospect,
        Some("actor_id"),
        OCCURRED,
        &[code("from_name"), code("to_name")],
    ),
    facts(
        "retention_holds",
        Way::Candidate,
        Some("created_by"),
        CREATED,
        &[words("reason"), words("released_reason")],
    ),
    facts("anonymizations", Way::Candidate, Some("actor_id"), CREATED, &[apart("reason")]),
    facts("attachment_texts", Way::Candidate, None, None, &[gone("state"), gone("body")]),
    facts("search_texts", Way::Candidate, None, None, &[gone("source")]),
    facts(
        "candidate_messages",
        Way::Candidate,
        Some("author_id"),
        CREATED,
        &[
            code("purpose"),
            code("direction"),
            code("state"),
            code("language"),
            col("subject", Emptied, Words),
            col("body", Emptied, Words),
            col("recipient", Null, Text),
            col("time_zone", Null, Text),
            apart("time_zone_of"),
            code("ended_because"),
            col("ended_detail", Null, Withheld),
        ],
    ),
    facts("retention_dues", Way::Own, None, None, &[gone("outcome")]),
    facts(
        "applications",
        Way::Candidate,
        Some("owner_id"),
        Some("applied_at"),
        &[code("status"), col("custom", Object, Json)],
    ),
    facts(
        "application_answers",
        Way::Application,
        None,
        None,
        &[apart("key"), apart("kind"), code("question"), col("answer", Null, Json)],
    ),
    facts("application_consents", Way::Application, None, Some("given_at"), &[code("text")]),
    facts("rejections", Way::Application, Some("actor_id"), OCCURRED, &[words("note")]),
    facts("withdrawals", Way::Application, Some("actor_id"), OCCURRED, &[words("note")]),
    facts(
        "reopenings",
        Way::Application,
        Some("actor_id"),
        OCCURRED,
        &[col("reason", Emptied, Words)],
    ),
    facts(
        "interviews",
        Way::Application,
        None,
        Some("starts_at"),
        &[
            code("state"),
            code("time_zone"),
            col("meeting_url", Null, Withheld),
            col("location", Null, Words),
            col("dial_in", Null, Withheld),
            words("cancelled_reason"),
            code("absent"),
            words("schedule_reason"),
            words("override_reason"),
        ],
    ),
    facts(
        "candidate_asks",
        Way::Interview,
        None,
        Some("asked_at"),
        &[code("kind"), col("reason", Null, Text)],
    ),
    facts(
        "time_requests",
        Way::Interview,
        None,
        CREATED,
        &[
            code("kind"),
            col("starts", Kept, Json),
            apart("bent"),
            words("override_reason"),
            col("windows", Null, Json),
            col("time_zone", Null, Text),
        ],
    ),
    facts(
        "panelists",
        Way::Application,
        USER,
        Some("assigned_at"),
        &[
            code("slot"),
            words("assigned_reason"),
            apart("bent_rules"),
            words("waived_reason"),
            code("response"),
            words("response_reason"),
        ],
    ),
    judgement(
        "scorecards",
        Way::Application,
        Some("author_id"),
        Some("submitted_at"),
        &[
            code("state"),
            code("recommendation"),
            words("recommendation_reason"),
            words("summary"),
            col("private_notes", Null, Withheld),
            words("submitted_reason"),
            words("revised_reason"),
        ],
    ),
    judgement(
        "scorecard_revisions",
        Way::Scorecard,
        None,
        Some("handed_in_at"),
        &[col("content", Object, Json), words("reason")],
    ),
    judgement("ratings", Way::Scorecard, None, None, &[number("level"), words("evidence")]),
    judgement(
        "assessment_results",
        Way::Application,
        None,
        Some("completed_at"),
        &[
            code("provider"),
            col("url", Null, Text),
            code("score"),
            code("max_score"),
            code("percentile"),
            words("summary"),
            words("revised_reason"),
        ],
    ),
    judgement("assessment_ratings", Way::Result, None, None, &[number("level"), words("evidence")]),
    judgement(
        "assessment_revisions",
        Way::Result,
        None,
        Some("recorded_at"),
        &[col("content", Object, Json), words("reason")],
    ),
    judgement(
        "debriefs",
        Way::Application,
        Some("decider_id"),
        Some("decided_at"),
        &[
            code("state"),
            words("forced_reason"),
            words("meeting_reason"),
            words("meeting_notes"),
            code("informed_how"),
            code("way"),
        ],
    ),
    judgement("debrief_peeks", Way::Debrief, USER, OCCURRED, &[col("reason", Emptied, Words)]),
    judgement(
        "debrief_rounds",
        Way::Debrief,
        USER,
        OCCURRED,
        &[code("evidence"), col("reason", Emptied, Words)],
    ),
    judgement("ballots", Way::Debrief, USER, OCCURRED, &[code("recommendation"), words("reason")]),
    judgement("findings", Way::Debrief, None, CREATED, &[code("kind"), code("severity")]),
    judgement("responses", Way::Debrief, USER, OCCURRED, &[words("comment")]),
    judgement("response_answers", Way::Response, None, None, &[col("answer", Emptied, Words)]),
    judgement(
        "proposals",
        Way::Debrief,
        USER,
        OCCURRED,
        &[code("outcome"), col("reason", Emptied, Words)],
    ),
    judgement("agreements", Way::Debrief, USER, OCCURRED, &[words("reason")]),
    judgement("signal_requests", Way::Debrief, USER, OCCURRED, &[col("reason", Emptied, Words)]),
    judgement("dissents", Way::Debrief, USER, OCCURRED, &[col("statement", Emptied, Words)]),
    judgement(
        "light_decisions",
        Way::Debrief,
        Some("decider_id"),
        OCCURRED,
        &[code("outcome"), col("reason", Emptied, Words)],
    ),
    judgement(
        "decisions",
        Way::Application,
        Some("decider_id"),
        OCCURRED,
        &[code("outcome"), col("memo", Object, Json), apart("memo_hash")],
    ),
    judgement(
        "offers",
        Way::Application,
        None,
        CREATED,
        &[
            code("state"),
            col("acceptance_note", Null, Words),
            col("decline_reason", Null, Words),
            col("custom", Object, Json),
        ],
    ),
    judgement(
        "offer_versions",
        Way::Offer,
        Some("created_by"),
        CREATED,
        &[col("terms", Object, Json), apart("terms_hash"), apart("band")],
    ),
    judgement(
        "votes",
        Way::Run,
        USER,
        OCCURRED,
        &[code("decision"), words("note"), apart("terms_hash")],
    ),
    facts(
        "deliveries",
        Way::Candidate,
        None,
        Some("sent_at"),
        &[
            apart("channel"),
            code("kind"),
            apart("dedupe_key"),
            code("state"),
            col("last_error", Null, Withheld),
        ],
    ),
    facts(
        "external_refs",
        Way::Part,
        None,
        CREATED,
        &[
            col("system", Row, Text),
            col("kind", Row, Text),
            col("external_id", Row, Text),
            gone("noun"),
        ],
    ),
    facts(
        "capabilities",
        Way::Part,
        None,
        CREATED,
        &[gone("kind"), gone("token_hash"), gone("subject_kind"), gone("browser_hash")],
    ),
    facts(
        "idempotency_keys",
        Way::Part,
        None,
        CREATED,
        &[
            gone("method"),
            gone("route"),
            gone("key"),
            gone("fingerprint"),
            gone("location"),
            gone("subject_kind"),
        ],
    ),
    facts("timers", Way::Part, None, None, &[gone("kind"), gone("last_error")]),
];

/// The tables that tell nothing of candidates: configuration, people who work here, and rows of ids.
/// `break_glass` is of a job; its reason is its user's.
pub const APART: &[&str] = &[
    "agencies",
    "agency_jobs",
    "anchors",
    "api_key_secrets",
    "api_keys",
    "application_batch_items",
    "application_batches",
    "application_moves",
    "approval_chain_members",
    "approval_chain_steps",
    "approval_chains",
    "approval_runs",
    "approval_step_members",
    "approval_steps",
    "assessment_reads",
    "attributes",
    "break_glass",
    "busy_calendars",
    "busy_intervals",
    "chat_addresses",
    "debrief_agreers",
    "delegation_departments",
    "delegations",
    "departments",
    "event_log",
    "event_tail",
    "events",
    "field_definitions",
    "finding_cards",
    "hires",
    "hiring_team_members",
    "holiday_calendars",
    "holidays",
    "identities",
    "invitations",
    "job_offices",
    "job_posts",
    "jobs",
    "kit_attributes",
    "kit_questions",
    "kits",
    "levels",
    "loop_probes",
    "loop_template_versions",
    "loop_templates",
    "loops",
    "message_templates",
    "notification_preferences",
    "offices",
    "openings",
    "organization",
    "panel_slot_people",
    "panel_slots",
    "password_resets",
    "pay_bands",
    "pay_zones",
    "pool_members",
    "pools",
    "question_versions",
    "questions",
    "refresh_tokens",
    "rejection_reasons",
    "retention_policies",
    "retention_runs",
    "rubric_versions",
    "rubrics",
    "saved_views",
    "scorecard_reads",
    "server_secrets",
    "service_accounts",
    "sessions",
    "settings_versions",
    "signing_keys",
    "sources",
    "stages",
    "tags",
    "time_off",
    "used_sign_ins",
    "users",
];

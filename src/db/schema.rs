//! The tables, written by hand: `STRICT` SQLite cannot tell `Bool`, `BigInt` and
//! time apart, so `print-schema` would guess. A test folds both catalogues and
//! compares them with this file.

#![expect(missing_docs, reason = "the migrations say what each column is")]
#![expect(clippy::doc_markdown, reason = "the sentences are those of the migrations")]
#![cfg_attr(
    not(test),
    expect(clippy::wildcard_imports, reason = "diesel's macro is used this way")
)]

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A firm whose recruiters bring candidates in.
    agencies (id) {
        id -> DbUuid,
        name -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A job that is open to an agency.
    agency_jobs (id) {
        id -> DbUuid,
        agency_id -> DbUuid,
        job_id -> DbUuid,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// That somebody agrees to a proposal, or refuses because of a card. Rows are never changed.
    agreements (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        proposal_id -> DbUuid,
        user_id -> DbUuid,
        agrees -> Bool,
        reason -> Nullable<Text>,
        because_of_id -> Nullable<DbUuid>,
        because_attribute_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A level of an attribute: its place from the worst on, the value by which people know it, and what it means. A level without an anchor is not anchored.
    anchors (id) {
        id -> DbUuid,
        attribute_id -> DbUuid,
        level -> Integer,
        value -> Integer,
        label -> Text,
        meaning -> Nullable<Text>,
        anchor -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// That a candidate was anonymized, once: by whom, or by the service itself, and why. scrubbed_at is when the database was rewritten since, so that no page holds what was there.
    anonymizations (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        reason -> Text,
        actor_id -> Nullable<DbUuid>,
        created_at -> DbTs,
        scrubbed_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The secrets of a key, hashed; an older one lives as long as its rotation says.
    api_key_secrets (id) {
        id -> DbUuid,
        api_key_id -> DbUuid,
        secret_hash -> Binary,
        expires_at -> DbTs,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a service account signs in with. scopes, allowed_addresses and job_ids are lists; without job_ids it reaches what its owner reaches. It works while issued_by owns the account: a new owner issues its secret anew. hint is how the newest secret begins, expires_at when it ends.
    api_keys (id) {
        id -> DbUuid,
        service_account_id -> DbUuid,
        name -> Text,
        issued_by -> DbUuid,
        hint -> Text,
        scopes -> DbJson,
        allowed_addresses -> DbJson,
        job_ids -> Nullable<DbJson>,
        expires_at -> DbTs,
        revoked_at -> Nullable<DbTs>,
        last_used_at -> Nullable<DbTs>,
        last_used_address -> Nullable<Text>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What somebody answered to a question of a post, beside the question as it was asked.
    application_answers (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        position -> Integer,
        key -> Text,
        kind -> Text,
        question -> Text,
        answer -> Nullable<DbJson>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What became of one application of a batch.
    application_batch_items (id) {
        id -> DbUuid,
        batch_id -> DbUuid,
        position -> Integer,
        application_id -> DbUuid,
        code -> Nullable<Text>,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Several applications that somebody changed at once.
    application_batches (id) {
        id -> DbUuid,
        kind -> Text,
        atomic -> Bool,
        actor_id -> DbUuid,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What somebody agreed to when they applied to a post, as it was shown to them. Rows are never changed.
    application_consents (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        job_post_id -> DbUuid,
        text -> Text,
        text_version -> Integer,
        given_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Every move between stages: who, when and, by the next one, how long.
    application_moves (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        from_stage_id -> Nullable<DbUuid>,
        to_stage_id -> DbUuid,
        actor_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One candidate for one job.
    applications (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        job_id -> DbUuid,
        stage_id -> DbUuid,
        status -> Text,
        source_id -> Nullable<DbUuid>,
        owner_id -> Nullable<DbUuid>,
        referrer_id -> Nullable<DbUuid>,
        agency_id -> Nullable<DbUuid>,
        applied_at -> DbTs,
        stage_entered_at -> DbTs,
        custom -> DbJson,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A person on a step of a chain.
    approval_chain_members (id) {
        id -> DbUuid,
        approval_chain_step_id -> DbUuid,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One step of a chain: its members vote in parallel.
    approval_chain_steps (id) {
        id -> DbUuid,
        approval_chain_id -> DbUuid,
        position -> Integer,
        name -> Text,
        mode -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Ordered steps that an offer passes.
    approval_chains (id) {
        id -> DbUuid,
        name -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One passage of one version through its steps. subject is an offer version, or a job for imported records.
    approval_runs (id) {
        id -> DbUuid,
        subject_kind -> Text,
        subject_id -> DbUuid,
        application_id -> Nullable<DbUuid>,
        job_id -> Nullable<DbUuid>,
        terms_hash -> Nullable<Binary>,
        state -> Text,
        settings_version_id -> Nullable<DbUuid>,
        started_by -> Nullable<DbUuid>,
        started_at -> DbTs,
        ended_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Who may vote on a step.
    approval_step_members (id) {
        id -> DbUuid,
        approval_step_id -> DbUuid,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A step of a run.
    approval_steps (id) {
        id -> DbUuid,
        approval_run_id -> DbUuid,
        position -> Integer,
        name -> Text,
        mode -> Text,
        state -> Text,
        asked_at -> Nullable<DbTs>,
        ended_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The level that a result gives to an attribute; none is no signal.
    assessment_ratings (id) {
        id -> DbUuid,
        assessment_result_id -> DbUuid,
        attribute_id -> DbUuid,
        level -> Nullable<Integer>,
        evidence -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The first time somebody read a result, and whether they still owed a card.
    assessment_reads (id) {
        id -> DbUuid,
        assessment_result_id -> DbUuid,
        reader_id -> DbUuid,
        reader_owed -> Bool,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What an external assessment yielded, in the place of a person's judgement of an interview.
    assessment_results (id) {
        id -> DbUuid,
        interview_id -> DbUuid,
        application_id -> DbUuid,
        provider -> Text,
        url -> Nullable<Text>,
        score -> Text,
        max_score -> Text,
        percentile -> Nullable<Text>,
        completed_at -> DbTs,
        summary -> Nullable<Text>,
        recorded_by -> DbUuid,
        recorded_at -> DbTs,
        revision -> Integer,
        revised_at -> Nullable<DbTs>,
        revised_reason -> Nullable<Text>,
        version -> BigInt,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a result said before it was corrected, with its ratings as JSON.
    assessment_revisions (id) {
        id -> DbUuid,
        assessment_result_id -> DbUuid,
        number -> Integer,
        content -> DbJson,
        reason -> Nullable<Text>,
        recorded_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    attachment_contents (sha256) {
        sha256 -> Binary,
        size_bytes -> BigInt,
        bytes -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a file of a candidate says, read out of it after it came.
    attachment_texts (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        state -> Text,
        body -> Nullable<Text>,
        attempts -> Integer,
        run_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    attachments (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        scorecard_id -> Nullable<DbUuid>,
        kind -> Text,
        file_name -> Text,
        media_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Nullable<Binary>,
        uploaded_by -> DbUuid,
        created_at -> DbTs,
        removed_by -> Nullable<DbUuid>,
        removed_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A thing judged. The key is the same in every version; pass_level is the lowest level that meets the bar; direction says which end of the values is the better one.
    attributes (id) {
        id -> DbUuid,
        rubric_version_id -> DbUuid,
        position -> Integer,
        key -> Text,
        name -> Text,
        description -> Nullable<Text>,
        direction -> Text,
        pass_level -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A frozen recommendation; the first one is the scorecard's, a later one says why and what changed its author's mind.
    ballots (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        user_id -> DbUuid,
        scorecard_id -> Nullable<DbUuid>,
        recommendation -> Text,
        reason -> Nullable<Text>,
        because_of_id -> Nullable<DbUuid>,
        because_attribute_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// An administrator's look at a job in which they have no part.
    break_glass (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        job_id -> DbUuid,
        reason -> Text,
        expires_at -> DbTs,
        ended_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A calendar elsewhere by which it is known when somebody is busy. Its address is sealed; host and ending are what is shown of it. run_at is when it is asked next, moved forward as the lease.
    busy_calendars (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        address -> Binary,
        host -> Text,
        ending -> Text,
        failure -> Nullable<Text>,
        failures -> Integer,
        fetched_at -> Nullable<DbTs>,
        read_at -> Nullable<DbTs>,
        etag -> Nullable<Text>,
        last_modified -> Nullable<Text>,
        asked_at -> Nullable<DbTs>,
        run_at -> DbTs,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// When somebody is busy, by that calendar; with what is not known. In order and apart.
    busy_intervals (user_id, starts_at) {
        user_id -> DbUuid,
        starts_at -> DbTs,
        ends_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a candidate asked by their link: for another time, or not to come. Never more than three for an interview.
    candidate_asks (id) {
        id -> DbUuid,
        interview_id -> DbUuid,
        kind -> Text,
        reason -> Nullable<Text>,
        asked_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A mail to a candidate, or one that went by another way and was recorded.
    candidate_messages (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        candidate_id -> DbUuid,
        purpose -> Text,
        direction -> Text,
        state -> Text,
        author_id -> DbUuid,
        sender_id -> DbUuid,
        template_id -> Nullable<DbUuid>,
        language -> Text,
        subject -> Text,
        body -> Text,
        recipient -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        time_zone_of -> Nullable<Text>,
        send_at -> Nullable<DbTs>,
        sent_at -> Nullable<DbTs>,
        stage_id -> Nullable<DbUuid>,
        interview_id -> Nullable<DbUuid>,
        interview_sequence -> Nullable<Integer>,
        ended_because -> Nullable<Text>,
        ended_detail -> Nullable<Text>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A tag on a candidate.
    candidate_tags (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        tag_id -> DbUuid,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A person, once.
    candidates (id) {
        id -> DbUuid,
        name -> Text,
        location -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        locale -> Nullable<Text>,
        user_id -> Nullable<DbUuid>,
        agency_id -> Nullable<DbUuid>,
        custom -> DbJson,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
        anonymized_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Links that act: one object, few actions, expiring, revocable; tokens are stored hashed.
    capabilities (id) {
        id -> DbUuid,
        kind -> Text,
        token_hash -> Binary,
        subject_kind -> Nullable<Text>,
        subject_id -> Nullable<DbUuid>,
        user_id -> Nullable<DbUuid>,
        browser_hash -> Nullable<Binary>,
        expires_at -> DbTs,
        revoked_at -> Nullable<DbTs>,
        used_at -> Nullable<DbTs>,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbTs, DbUuid};

    /// Where somebody is told in a chat that there is something to do. The address is sealed; host and ending are what is shown of it. Nothing is sent to one that failed.
    chat_addresses (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        url -> Binary,
        host -> Text,
        ending -> Text,
        format -> Text,
        failure -> Nullable<Text>,
        failed_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// An e-mail address, phone or link of a candidate.
    contact_points (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        position -> Integer,
        kind -> Text,
        value -> Text,
        value_folded -> Text,
        refused_at -> Nullable<DbTs>,
        refused_reason -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Somebody without whose agreement a debrief is not decided, as long as they are named.
    debrief_agreers (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        user_id -> DbUuid,
        created_at -> DbTs,
        removed_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A decider looked at the cards before they were revealed, and why.
    debrief_peeks (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        user_id -> DbUuid,
        reason -> Text,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Another round of a debrief: because of what became known after the decision of the one before, which stays as it is.
    debrief_rounds (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        previous_id -> DbUuid,
        evidence -> Text,
        reason -> Text,
        user_id -> DbUuid,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The written decision about an application's loop. One named decider. reveals_early and shows_recruiters are what the pinned policy says of sealing.
    debriefs (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        loop_id -> DbUuid,
        round -> Integer,
        state -> Text,
        decider_id -> DbUuid,
        driver_id -> DbUuid,
        settings_version_id -> DbUuid,
        reveals_early -> Bool,
        shows_recruiters -> Bool,
        gathering_at -> Nullable<DbTs>,
        revealed_at -> Nullable<DbTs>,
        extended_until -> Nullable<DbTs>,
        stalled_at -> Nullable<DbTs>,
        forced_reason -> Nullable<Text>,
        meeting_reason -> Nullable<Text>,
        meeting_notes -> Nullable<Text>,
        reveals -> Integer,
        discussions -> Integer,
        discussing_at -> Nullable<DbTs>,
        responses_due_at -> Nullable<DbTs>,
        decide_by -> Nullable<DbTs>,
        dissent_until -> Nullable<DbTs>,
        decided_at -> Nullable<DbTs>,
        inform_by -> Nullable<DbTs>,
        informed_at -> Nullable<DbTs>,
        informed_how -> Nullable<Text>,
        informed_by_id -> Nullable<DbUuid>,
        way -> Text,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What the decider decided, with the memo, frozen by its hash.
    decisions (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        application_id -> DbUuid,
        outcome -> Text,
        level_id -> Nullable<DbUuid>,
        memo -> DbJson,
        memo_hash -> Binary,
        decider_id -> DbUuid,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A department, with all below it, for whose jobs a delegation holds.
    delegation_departments (id) {
        id -> DbUuid,
        delegation_id -> DbUuid,
        department_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Somebody votes in another's place for a time, within limits.
    delegations (id) {
        id -> DbUuid,
        giver_id -> DbUuid,
        delegate_id -> DbUuid,
        starts_at -> DbTs,
        ends_at -> DbTs,
        ended_at -> Nullable<DbTs>,
        max_base_minor -> Nullable<BigInt>,
        max_base_currency -> Nullable<Text>,
        max_base_period -> Nullable<Text>,
        max_level_id -> Nullable<DbUuid>,
        all_departments -> Bool,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Something owed to the outside: one mail to one person, a user or a candidate. run_at is also the lease.
    deliveries (id) {
        id -> DbUuid,
        event_id -> DbUuid,
        channel -> Text,
        kind -> Text,
        recipient_id -> Nullable<DbUuid>,
        candidate_id -> Nullable<DbUuid>,
        dedupe_key -> Text,
        state -> Text,
        run_at -> DbTs,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        sent_at -> Nullable<DbTs>,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A tree of departments.
    departments (id) {
        id -> DbUuid,
        name -> Text,
        parent_id -> Nullable<DbUuid>,
        head_id -> Nullable<DbUuid>,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What somebody whose ballot differs from the decision says to it. Rows are never changed.
    dissents (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        user_id -> DbUuid,
        statement -> Text,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Gapless positions in commit order, chained by SHA-256.
    event_log (position) {
        position -> BigInt,
        event_id -> DbUuid,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Events that no position has been given to yet; the sealer empties it.
    event_tail (event_id) {
        event_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What happened, once per change, written in the transaction of the change. Payloads hold ids, codes, numbers and names of changed fields only.
    events (id) {
        id -> DbUuid,
        kind -> Text,
        schema_version -> Integer,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
        origin -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<DbUuid>,
        on_behalf_of -> Nullable<DbUuid>,
        session_id -> Nullable<DbUuid>,
        request_id -> Nullable<Text>,
        subject_kind -> Text,
        subject_id -> DbUuid,
        job_id -> Nullable<DbUuid>,
        candidate_id -> Nullable<DbUuid>,
        application_id -> Nullable<DbUuid>,
        audience -> Text,
        payload -> DbJson,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What another system calls a thing here.
    external_refs (id) {
        id -> DbUuid,
        system -> Text,
        kind -> Text,
        external_id -> Text,
        noun -> Text,
        subject_id -> DbUuid,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Custom fields that the organization added to a noun.
    field_definitions (id) {
        id -> DbUuid,
        noun -> Text,
        key -> Text,
        name -> Text,
        #[sql_name = "type"]
        type_ -> Text,
        options -> Nullable<DbJson>,
        audience -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A card that a finding rests on, whose author is asked about it.
    finding_cards (id) {
        id -> DbUuid,
        finding_id -> DbUuid,
        scorecard_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What was found between the scorecards of a debrief when they were revealed. Rows are never changed.
    findings (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        position -> Integer,
        kind -> Text,
        severity -> Text,
        attribute_id -> Nullable<DbUuid>,
        reveal -> Integer,
        asked_in -> Nullable<Integer>,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The candidate was hired.
    hires (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        offer_id -> Nullable<DbUuid>,
        opening_id -> Nullable<DbUuid>,
        actor_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
        ended_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A person's role on a job.
    hiring_team_members (id) {
        id -> DbUuid,
        job_id -> DbUuid,
        user_id -> DbUuid,
        role -> Text,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Days on which people of a country or of a part of it do not work.
    holiday_calendars (id) {
        id -> DbUuid,
        name -> Text,
        region -> Text,
        source -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A day of a calendar of holidays.
    holidays (id) {
        id -> DbUuid,
        holiday_calendar_id -> DbUuid,
        holiday_on -> Date,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One effect per key: written with the effect, successes only.
    idempotency_keys (id) {
        id -> DbUuid,
        principal_id -> DbUuid,
        method -> Text,
        route -> Text,
        key -> Text,
        fingerprint -> Binary,
        status -> Integer,
        location -> Nullable<Text>,
        subject_kind -> Text,
        subject_id -> DbUuid,
        created_at -> DbTs,
        expires_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Who a person is at an identity provider: the issuer's subject, never an address.
    identities (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        issuer -> Text,
        subject -> Text,
        created_at -> DbTs,
        last_used_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One kit of a loop, at a time. time_zone is the IANA zone of whoever chose it; schedule_sequence counts changes for calendars; override_reason is why somebody is booked twice.
    interviews (id) {
        id -> DbUuid,
        loop_id -> DbUuid,
        application_id -> DbUuid,
        kit_id -> DbUuid,
        state -> Text,
        starts_at -> Nullable<DbTs>,
        ends_at -> Nullable<DbTs>,
        time_zone -> Nullable<Text>,
        meeting_url -> Nullable<Text>,
        room_of_id -> Nullable<DbUuid>,
        location -> Nullable<Text>,
        dial_in -> Nullable<Text>,
        schedule_sequence -> Integer,
        completed_at -> Nullable<DbTs>,
        cancelled_at -> Nullable<DbTs>,
        cancelled_reason -> Nullable<Text>,
        absent -> Nullable<Text>,
        schedule_reason -> Nullable<Text>,
        override_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Somebody asked to join, once in the life of an account.
    invitations (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        invited_by -> Nullable<DbUuid>,
        state -> Text,
        sent_at -> DbTs,
        expires_at -> DbTs,
        closed_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// An office that a job hires for.
    job_offices (id) {
        id -> DbUuid,
        job_id -> DbUuid,
        office_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What people who look for work read of a job, in one language. Everybody reads it while it is published and its job is open
    /// and not confidential.
    job_posts (id) {
        id -> DbUuid,
        job_id -> DbUuid,
        state -> Text,
        title -> Text,
        text -> Text,
        language -> Text,
        workplace -> Text,
        office_id -> Nullable<DbUuid>,
        countries -> DbJson,
        time_zones -> Nullable<DbJson>,
        pay_minimum -> Nullable<BigInt>,
        pay_maximum -> Nullable<BigInt>,
        pay_currency -> Nullable<Text>,
        pay_period -> Nullable<Text>,
        questions -> DbJson,
        consent_text -> Text,
        consent_version -> Integer,
        published_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A role being hired for.
    jobs (id) {
        id -> DbUuid,
        title -> Text,
        state -> Text,
        department_id -> Nullable<DbUuid>,
        level_id -> Nullable<DbUuid>,
        pay_band_id -> Nullable<DbUuid>,
        approval_chain_id -> Nullable<DbUuid>,
        location -> Nullable<Text>,
        description -> Nullable<Text>,
        requisition_code -> Nullable<Text>,
        headcount -> Text,
        confidential -> Bool,
        custom -> DbJson,
        opened_at -> Nullable<DbTs>,
        closed_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// An attribute that a kit is to rate.
    kit_attributes (id) {
        id -> DbUuid,
        kit_id -> DbUuid,
        position -> Integer,
        attribute_id -> DbUuid,
        priority -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A question that a kit asks, in the wording that it had.
    kit_questions (id) {
        id -> DbUuid,
        kit_id -> DbUuid,
        position -> Integer,
        question_version_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One interview of a loop template: what is judged, by which rubric version, in how many minutes. Only in drafts it may have no rubric version; wanted is what a file named by key that was not here.
    kits (id) {
        id -> DbUuid,
        loop_template_version_id -> DbUuid,
        position -> Integer,
        name -> Text,
        kind -> Text,
        minutes -> Integer,
        rubric_version_id -> Nullable<DbUuid>,
        wanted -> Nullable<DbJson>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A rung of a track.
    levels (id) {
        id -> DbUuid,
        name -> Text,
        track -> Text,
        rank -> Integer,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A request to the panels of a loop, or of one interview, to cover an attribute. They see neither who asked nor when.
    loop_probes (id) {
        id -> DbUuid,
        loop_id -> DbUuid,
        application_id -> DbUuid,
        interview_id -> Nullable<DbUuid>,
        attribute_id -> DbUuid,
        asked_by -> DbUuid,
        asked_at -> DbTs,
        withdrawn_by -> Nullable<DbUuid>,
        withdrawn_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One version of a loop template; a published one never changes. must_cover is the keys of attributes that some kit must rate.
    loop_template_versions (id) {
        id -> DbUuid,
        loop_template_id -> DbUuid,
        number -> Integer,
        state -> Text,
        must_cover -> DbJson,
        published_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A loop template, whatever its version.
    loop_templates (id) {
        id -> DbUuid,
        key -> Text,
        name -> Text,
        attribution -> Nullable<Text>,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What the decider of a light stage decided, and why.
    light_decisions (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        outcome -> Text,
        reason -> Text,
        decider_id -> DbUuid,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A template version started for one application.
    loops (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        loop_template_version_id -> DbUuid,
        stage_id -> DbUuid,
        state -> Text,
        started_by -> Nullable<DbUuid>,
        started_at -> DbTs,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What candidates are written, with placeholders.
    message_templates (id) {
        id -> DbUuid,
        job_id -> Nullable<DbUuid>,
        purpose -> Text,
        name -> Text,
        language -> Text,
        subject -> Text,
        body -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Somebody whom a note names.
    note_mentions (id) {
        id -> DbUuid,
        note_id -> DbUuid,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What somebody wrote about a candidate.
    notes (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        author_id -> DbUuid,
        visibility -> Text,
        body -> Text,
        removed_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Terms, immutable, with the hash that approvals bind to; the pay band as it stood.
    offer_versions (id) {
        id -> DbUuid,
        offer_id -> DbUuid,
        number -> Integer,
        terms -> DbJson,
        terms_hash -> Binary,
        pay_band_id -> Nullable<DbUuid>,
        band -> Nullable<DbJson>,
        created_by -> Nullable<DbUuid>,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// How somebody wants to be told; whoever never chose has no row.
    notification_preferences (user_id) {
        user_id -> DbUuid,
        digest -> Bool,
        digest_at -> Nullable<Integer>,
        quiet_hours -> Bool,
        ways -> DbJson,
        chats -> DbJson,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
        late_to_manager -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// An offer to one application, against one opening.
    offers (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        opening_id -> Nullable<DbUuid>,
        decision_id -> DbUuid,
        state -> Text,
        current_version_id -> Nullable<DbUuid>,
        extended_at -> Nullable<DbTs>,
        expires_at -> Nullable<DbTs>,
        resolved_at -> Nullable<DbTs>,
        decline_reason -> Nullable<Text>,
        acceptance_note -> Nullable<Text>,
        custom -> DbJson,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A place where people work.
    offices (id) {
        id -> DbUuid,
        name -> Text,
        name_folded -> Text,
        time_zone -> Text,
        country -> Text,
        currency -> Text,
        pay_zone_id -> Nullable<DbUuid>,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One approved head of a job.
    openings (id) {
        id -> DbUuid,
        job_id -> DbUuid,
        number -> Integer,
        state -> Text,
        target_start_on -> Nullable<Date>,
        application_id -> Nullable<DbUuid>,
        filled_at -> Nullable<DbTs>,
        closed_at -> Nullable<DbTs>,
        custom -> DbJson,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The one organization that this deployment serves.
    organization (id) {
        id -> DbUuid,
        name -> Text,
        locale -> Text,
        time_zone -> Text,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Somebody who is named for a seat.
    panel_slot_people (id) {
        id -> DbUuid,
        panel_slot_id -> DbUuid,
        position -> Integer,
        user_id -> DbUuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A seat on the panel of a kit, and from which pool it is filled, if from one.
    panel_slots (id) {
        id -> DbUuid,
        kit_id -> DbUuid,
        position -> Integer,
        slot -> Text,
        pool_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A person on an interview, and which rules were bent to seat them. Lead, second and bar raiser owe a scorecard from assigned_at until submission, waiver, removal or cancellation.
    panelists (id) {
        id -> DbUuid,
        interview_id -> DbUuid,
        application_id -> DbUuid,
        user_id -> DbUuid,
        slot -> Text,
        assigned_at -> DbTs,
        assigned_reason -> Nullable<Text>,
        bent_rules -> Nullable<Text>,
        independent -> Bool,
        due_at -> Nullable<DbTs>,
        submitted_at -> Nullable<DbTs>,
        waived_at -> Nullable<DbTs>,
        waived_reason -> Nullable<Text>,
        response -> Text,
        response_reason -> Nullable<Text>,
        responded_at -> Nullable<DbTs>,
        removed_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Addresses for which a new password was asked, until the worker has looked them up: a moment.
    password_resets (id) {
        id -> DbUuid,
        email_folded -> Text,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a level pays in a zone, from a day on, to a day if one is set. Amounts are minor units of the currency.
    pay_bands (id) {
        id -> DbUuid,
        name -> Text,
        level_id -> Nullable<DbUuid>,
        pay_zone_id -> Nullable<DbUuid>,
        location -> Nullable<Text>,
        currency -> Text,
        period -> Text,
        minimum -> BigInt,
        midpoint -> BigInt,
        maximum -> BigInt,
        effective_on -> Date,
        ends_on -> Nullable<Date>,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Where pay is the same: what administrators call a zone, such as a country or a group of cities.
    pay_zones (id) {
        id -> DbUuid,
        name -> Text,
        name_folded -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Somebody in a pool. qualification_since is since when they are what they are; what they did before does not count towards the next step.
    pool_members (id) {
        id -> DbUuid,
        pool_id -> DbUuid,
        user_id -> DbUuid,
        qualification -> Text,
        qualification_since -> DbTs,
        paused_until_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// People from whom seats on panels are filled, and how they learn to sit there. The limits hold for members who set none.
    pools (id) {
        id -> DbUuid,
        name -> Text,
        shadows_needed -> Integer,
        reverse_shadows_needed -> Integer,
        promotes_automatically -> Bool,
        interviews_per_day -> Nullable<Integer>,
        interviews_per_week -> Nullable<Integer>,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a decider means to decide. It stands until it ends by another one or another discussion; from a refusal too many on it waits for no agreement. Nothing else of it changes.
    proposals (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        outcome -> Text,
        level_id -> Nullable<DbUuid>,
        reason -> Text,
        user_id -> DbUuid,
        occurred_at -> DbTs,
        escalated_at -> Nullable<DbTs>,
        ended_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Where a prospect stood, kept as another system told it.
    prospect_moves (id) {
        id -> DbUuid,
        prospect_id -> DbUuid,
        from_name -> Nullable<Text>,
        to_name -> Text,
        actor_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A person of interest before any application.
    prospects (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        source_id -> Nullable<DbUuid>,
        owner_id -> Nullable<DbUuid>,
        stage_name -> Nullable<Text>,
        closed_at -> Nullable<DbTs>,
        rejection_reason_id -> Nullable<DbUuid>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One wording of a question. folded is text and follow-ups in lower case, for the search; the current wording has no superseded_at.
    question_versions (id) {
        id -> DbUuid,
        question_id -> DbUuid,
        number -> Integer,
        kind -> Text,
        text -> Text,
        folded -> Text,
        follow_ups -> DbJson,
        difficulty -> Nullable<Text>,
        attribute_key -> Nullable<Text>,
        superseded_at -> Nullable<DbTs>,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A question or theme, whatever its wording. The key names it in every installation; attribution says whose work it is.
    questions (id) {
        id -> DbUuid,
        key -> Text,
        attribution -> Nullable<Text>,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The level given to an attribute, or that there was no signal, which is apart from every level; neither in a draft that has evidence alone.
    ratings (id) {
        id -> DbUuid,
        scorecard_id -> DbUuid,
        attribute_id -> DbUuid,
        level -> Nullable<Integer>,
        no_signal -> Bool,
        evidence -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Hashed; each is used once, and gives its successor again for a short while. One that comes
    /// later revokes its session.
    refresh_tokens (id) {
        id -> DbUuid,
        session_id -> DbUuid,
        token_hash -> Binary,
        created_at -> DbTs,
        expires_at -> DbTs,
        used_at -> Nullable<DbTs>,
        successor_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Why an application ended without a hire.
    rejection_reasons (id) {
        id -> DbUuid,
        name -> Text,
        kind -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// We said no.
    rejections (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        rejection_reason_id -> DbUuid,
        note -> Nullable<Text>,
        actor_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
        ended_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A rejected application came back.
    reopenings (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        reason -> Text,
        actor_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The answer to an open question.
    response_answers (id) {
        id -> DbUuid,
        response_id -> DbUuid,
        finding_id -> DbUuid,
        answer -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What somebody of the panel says in a discussion, sealed until the reader's own is in or the window is over. Rows are never changed.
    responses (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        discussion -> Integer,
        user_id -> DbUuid,
        comment -> Nullable<Text>,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Until when a candidate is kept, as the last run worked it out; none for one who is kept without end.
    retention_dues (id) {
        id -> DbUuid,
        outcome -> Text,
        closed_at -> DbTs,
        retain_until -> DbTs,
        computed_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A reason to keep a candidate whatever the rules say. It stands until it is released, or until its day.
    retention_holds (id) {
        id -> DbUuid,
        candidate_id -> DbUuid,
        reason -> Nullable<Text>,
        ends_at -> Nullable<DbTs>,
        created_by -> DbUuid,
        released_at -> Nullable<DbTs>,
        released_by -> Nullable<DbUuid>,
        released_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// How long candidates are kept, in versions that never change.
    retention_policies (id) {
        id -> DbUuid,
        number -> BigInt,
        mode -> Text,
        rules -> DbJson,
        created_by -> DbUuid,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A night's look at all candidates: how far it came, and what it found. after_id is the last candidate that was looked at.
    retention_runs (id) {
        id -> DbUuid,
        mode -> Text,
        after_id -> Nullable<DbUuid>,
        looked -> BigInt,
        anonymized -> BigInt,
        started_at -> DbTs,
        finished_at -> Nullable<DbTs>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One version of a rubric; a published one never changes.
    rubric_versions (id) {
        id -> DbUuid,
        rubric_id -> DbUuid,
        number -> Integer,
        state -> Text,
        published_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A rubric, whatever its version. The key names it in every installation; attribution says whose work it is.
    rubrics (id) {
        id -> DbUuid,
        key -> Text,
        name -> Text,
        attribution -> Nullable<Text>,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A question that somebody keeps: the parameters of a list, by a name.
    saved_views (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        name -> Text,
        noun -> Text,
        query -> Text,
        shared_with -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The first time somebody read another's card, and whether they still owed their own.
    scorecard_reads (id) {
        id -> DbUuid,
        scorecard_id -> DbUuid,
        reader_id -> DbUuid,
        reader_owed -> Bool,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a submitted card said before it was revised, with its ratings as JSON. Rows are never changed.
    scorecard_revisions (id) {
        id -> DbUuid,
        scorecard_id -> DbUuid,
        number -> Integer,
        content -> DbJson,
        reason -> Nullable<Text>,
        after_reading -> Nullable<Bool>,
        handed_in_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// One person's judgement of one interview.
    scorecards (id) {
        id -> DbUuid,
        interview_id -> DbUuid,
        application_id -> DbUuid,
        author_id -> DbUuid,
        state -> Text,
        recommendation -> Nullable<Text>,
        recommendation_reason -> Nullable<Text>,
        level_signal_id -> Nullable<DbUuid>,
        summary -> Nullable<Text>,
        private_notes -> Nullable<Text>,
        submitted_at -> Nullable<DbTs>,
        submitted_by -> Nullable<DbUuid>,
        submitted_reason -> Nullable<Text>,
        revision -> Integer,
        revised_at -> Nullable<DbTs>,
        revised_reason -> Nullable<Text>,
        revised_after_reading -> Nullable<Bool>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What people are found by: a row for each text of a candidate and each audience.
    search_texts (seq) {
        seq -> BigInt,
        candidate_id -> DbUuid,
        source -> Text,
        subject_id -> DbUuid,
        author_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Keys that only the service knows.
    server_secrets (name) {
        name -> Text,
        value -> Binary,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Programs. One acts with its owner's reach, never more, narrowed by the key that it presents.
    service_accounts (id) {
        id -> DbUuid,
        name -> Text,
        description -> Nullable<Text>,
        owner_id -> DbUuid,
        deactivated_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A device that signed in.
    sessions (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        created_at -> DbTs,
        last_used_at -> DbTs,
        expires_at -> DbTs,
        revoked_at -> Nullable<DbTs>,
        method -> Text,
        user_agent -> Nullable<Text>,
        address -> Nullable<Text>,
        network -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Policy as it was; debriefs and approval runs pin the number they started under.
    settings_versions (id) {
        id -> DbUuid,
        number -> BigInt,
        settings -> DbJson,
        people_metrics_reason -> Nullable<Text>,
        created_by -> Nullable<DbUuid>,
        created_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// More that somebody wants to know about an attribute while a debrief is before its decider, and the interview that was added to its loop to find it out. Rows are never changed.
    signal_requests (id) {
        id -> DbUuid,
        debrief_id -> DbUuid,
        attribute_id -> DbUuid,
        interview_id -> DbUuid,
        reason -> Text,
        user_id -> DbUuid,
        occurred_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Keys that sign access tokens; the public halves are published as JWKS.
    signing_keys (id) {
        id -> DbUuid,
        algorithm -> Text,
        private_key -> Binary,
        public_key -> Binary,
        created_at -> DbTs,
        signs_from -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Where applications come from.
    sources (id) {
        id -> DbUuid,
        name -> Text,
        kind -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// An ordered stage of a job's pipeline.
    stages (id) {
        id -> DbUuid,
        job_id -> DbUuid,
        position -> Integer,
        name -> Text,
        kind -> Text,
        decision -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Words that recruiting puts on candidates.
    tags (id) {
        id -> DbUuid,
        name -> Text,
        name_folded -> Text,
        archived_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// When somebody is away.
    time_off (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        starts_at -> Nullable<DbTs>,
        ends_at -> Nullable<DbTs>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// What a candidate is asked about the time of an interview, and what they say: one of some starts, or windows in which they could come.
    time_requests (id) {
        id -> DbUuid,
        interview_id -> DbUuid,
        kind -> Text,
        minutes -> Integer,
        starts -> DbJson,
        bent -> DbJson,
        override_reason -> Nullable<Text>,
        windows -> Nullable<DbJson>,
        time_zone -> Nullable<Text>,
        expires_at -> DbTs,
        answered_at -> Nullable<DbTs>,
        closed_at -> Nullable<DbTs>,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// When to look at something: one row per kind and subject, set anew by whatever it wakes.
    timers (kind, subject_id) {
        kind -> Text,
        subject_id -> DbUuid,
        run_at -> DbTs,
        attempts -> Integer,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// Sign-ins at a provider from which somebody came back, kept until they would be over anyway.
    used_sign_ins (id) {
        id -> DbUuid,
        expires_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// People who sign in, and placeholders for people an import only names.
    users (id) {
        id -> DbUuid,
        name -> Text,
        email -> Text,
        email_folded -> Text,
        role -> Text,
        state -> Text,
        time_zone -> Text,
        locale -> Text,
        agency_id -> Nullable<DbUuid>,
        password_hash -> Nullable<Text>,
        weekly_hours -> Nullable<DbJson>,
        holiday_calendar_id -> Nullable<DbUuid>,
        manager_id -> Nullable<DbUuid>,
        interviews_per_day -> Nullable<Integer>,
        interviews_per_week -> Nullable<Integer>,
        meeting_room_url -> Nullable<Text>,
        version -> BigInt,
        created_at -> DbTs,
        updated_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// A vote, bound to the terms it saw.
    votes (id) {
        id -> DbUuid,
        approval_run_id -> DbUuid,
        approval_step_id -> DbUuid,
        user_id -> DbUuid,
        cast_by -> Nullable<DbUuid>,
        decision -> Text,
        note -> Nullable<Text>,
        terms_hash -> Nullable<Binary>,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{DbJson, DbTs, DbUuid};

    /// The candidate said no.
    withdrawals (id) {
        id -> DbUuid,
        application_id -> DbUuid,
        note -> Nullable<Text>,
        actor_id -> Nullable<DbUuid>,
        occurred_at -> DbTs,
        recorded_at -> DbTs,
        ended_at -> Nullable<DbTs>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    agencies,
    agency_jobs,
    agreements,
    anchors,
    anonymizations,
    api_key_secrets,
    api_keys,
    application_answers,
    application_batch_items,
    application_batches,
    application_consents,
    application_moves,
    applications,
    approval_chain_members,
    approval_chain_steps,
    approval_chains,
    approval_runs,
    approval_step_members,
    approval_steps,
    assessment_ratings,
    assessment_reads,
    assessment_results,
    assessment_revisions,
    attachment_contents,
    attachment_texts,
    attachments,
    attributes,
    ballots,
    break_glass,
    busy_calendars,
    busy_intervals,
    candidate_asks,
    candidate_messages,
    candidate_tags,
    candidates,
    capabilities,
    chat_addresses,
    contact_points,
    debrief_agreers,
    debrief_peeks,
    debrief_rounds,
    debriefs,
    decisions,
    delegation_departments,
    delegations,
    deliveries,
    departments,
    dissents,
    event_log,
    event_tail,
    events,
    external_refs,
    field_definitions,
    finding_cards,
    findings,
    hires,
    hiring_team_members,
    holiday_calendars,
    holidays,
    idempotency_keys,
    identities,
    interviews,
    invitations,
    job_offices,
    job_posts,
    jobs,
    kit_attributes,
    kit_questions,
    kits,
    levels,
    light_decisions,
    loop_probes,
    loop_template_versions,
    loop_templates,
    loops,
    message_templates,
    note_mentions,
    notes,
    notification_preferences,
    offer_versions,
    offers,
    offices,
    openings,
    organization,
    panel_slot_people,
    panel_slots,
    panelists,
    password_resets,
    pay_bands,
    pay_zones,
    pool_members,
    pools,
    proposals,
    prospect_moves,
    prospects,
    question_versions,
    questions,
    ratings,
    refresh_tokens,
    rejection_reasons,
    rejections,
    reopenings,
    response_answers,
    responses,
    retention_dues,
    retention_holds,
    retention_policies,
    retention_runs,
    rubric_versions,
    rubrics,
    saved_views,
    scorecard_reads,
    scorecard_revisions,
    scorecards,
    search_texts,
    server_secrets,
    service_accounts,
    sessions,
    settings_versions,
    signal_requests,
    signing_keys,
    sources,
    stages,
    tags,
    time_off,
    time_requests,
    timers,
    used_sign_ins,
    users,
    votes,
    withdrawals,
);

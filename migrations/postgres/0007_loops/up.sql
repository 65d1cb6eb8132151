-- The life of a loop.
CREATE TABLE loop_states (name text NOT NULL PRIMARY KEY);
INSERT INTO loop_states (name) VALUES ('running'), ('finished'), ('cancelled');

-- The life of an interview.
CREATE TABLE interview_states (name text NOT NULL PRIMARY KEY);
INSERT INTO interview_states (name) VALUES ('draft'), ('awaiting_availability'), ('proposed'), ('confirmed'), ('completed'), ('cancelled'), ('no_show');

-- The life of a scorecard.
CREATE TABLE scorecard_states (name text NOT NULL PRIMARY KEY);
INSERT INTO scorecard_states (name) VALUES ('draft'), ('submitted');

-- The life of a debrief.
CREATE TABLE debrief_states (name text NOT NULL PRIMARY KEY);
INSERT INTO debrief_states (name) VALUES ('planned'), ('gathering'), ('stalled'), ('revealed'), ('discussing'), ('deciding'), ('dissent_window'), ('decided'), ('closed'), ('cancelled');

-- A template version started for one application.
CREATE TABLE loops (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    loop_template_version_id uuid NOT NULL REFERENCES loop_template_versions (id),
    stage_id uuid NOT NULL REFERENCES stages (id),
    state text NOT NULL REFERENCES loop_states (name),
    started_by uuid,
    started_at timestamptz NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The loops of an application.
CREATE INDEX loops_by_application ON loops (application_id);

-- One kit of a loop, at a time. time_zone is the IANA zone of whoever chose it; schedule_sequence counts changes for calendars; override_reason is why somebody is booked twice.
CREATE TABLE interviews (
    id uuid NOT NULL PRIMARY KEY,
    loop_id uuid NOT NULL REFERENCES loops (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    kit_id uuid NOT NULL REFERENCES kits (id),
    state text NOT NULL REFERENCES interview_states (name),
    starts_at timestamptz,
    ends_at timestamptz,
    time_zone text,
    meeting_url text,
    room_of_id uuid REFERENCES users (id),
    location text,
    dial_in text,
    schedule_sequence integer NOT NULL,
    completed_at timestamptz,
    cancelled_at timestamptz,
    cancelled_reason text,
    absent text CHECK (absent IN ('candidate', 'interviewer')),
    schedule_reason text,
    override_reason text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The interviews of an application.
CREATE INDEX interviews_by_application ON interviews (application_id);

-- The interviews of a kit.
CREATE INDEX interviews_by_kit ON interviews (kit_id);

-- The interviews of a loop.
CREATE INDEX interviews_by_loop ON interviews (loop_id);

-- What a candidate is asked about the time of an interview, and what they say: one of some starts, or windows in which they could come.
CREATE TABLE time_requests (
    id uuid NOT NULL PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews (id),
    kind text NOT NULL CHECK (kind IN ('slots', 'availability')),
    minutes integer NOT NULL,
    starts jsonb NOT NULL,
    bent jsonb NOT NULL,
    override_reason text,
    windows jsonb,
    time_zone text,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz,
    closed_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- An interview's candidate is asked one thing at a time.
CREATE UNIQUE INDEX time_requests_open ON time_requests (interview_id)
    WHERE closed_at IS NULL;

-- What was asked for an interview.
CREATE INDEX time_requests_by_interview ON time_requests (interview_id);

-- What a candidate asked by their link: for another time, or not to come. Never more than three for an interview.
CREATE TABLE candidate_asks (
    id uuid NOT NULL PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews (id),
    kind text NOT NULL CHECK (kind IN ('another_time', 'cannot_come')),
    reason text,
    asked_at timestamptz NOT NULL
);

-- What was asked for an interview.
CREATE INDEX candidate_asks_by_interview ON candidate_asks (interview_id);

-- A request to the panels of a loop, or of one interview, to cover an attribute. They see neither who asked nor when.
CREATE TABLE loop_probes (
    id uuid NOT NULL PRIMARY KEY,
    loop_id uuid NOT NULL REFERENCES loops (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    interview_id uuid REFERENCES interviews (id),
    attribute_id uuid NOT NULL REFERENCES attributes (id),
    asked_by uuid NOT NULL REFERENCES users (id),
    asked_at timestamptz NOT NULL,
    withdrawn_by uuid REFERENCES users (id),
    withdrawn_at timestamptz
);

-- The probes of a loop.
CREATE INDEX loop_probes_by_loop ON loop_probes (loop_id);

-- A person on an interview, and which rules were bent to seat them. Lead, second and bar raiser owe a scorecard from assigned_at until submission, waiver, removal or cancellation.
CREATE TABLE panelists (
    id uuid NOT NULL PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    user_id uuid NOT NULL REFERENCES users (id),
    slot text NOT NULL CHECK (slot IN ('lead', 'second', 'shadow', 'observer', 'bar_raiser')),
    assigned_at timestamptz NOT NULL,
    assigned_reason text,
    bent_rules text,
    independent boolean NOT NULL,
    due_at timestamptz,
    submitted_at timestamptz,
    waived_at timestamptz,
    waived_reason text,
    response text NOT NULL CHECK (response IN ('needs_action', 'accepted', 'declined', 'tentative')),
    response_reason text,
    responded_at timestamptz,
    removed_at timestamptz
);

-- A person sits on an interview once.
CREATE UNIQUE INDEX panelists_seated ON panelists (interview_id, user_id)
    WHERE removed_at IS NULL;

-- What a person owes.
CREATE INDEX panelists_by_user ON panelists (user_id, application_id);

-- Who owes for an application.
CREATE INDEX panelists_by_application ON panelists (application_id);

-- One person's judgement of one interview. `submitted_by` is who handed it in for its author, if it was not they.
CREATE TABLE scorecards (
    id uuid NOT NULL PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    author_id uuid NOT NULL REFERENCES users (id),
    state text NOT NULL REFERENCES scorecard_states (name),
    recommendation text CHECK (recommendation IN ('strong_no', 'no', 'yes', 'strong_yes', 'no_decision')),
    recommendation_reason text,
    level_signal_id uuid REFERENCES levels (id),
    summary text,
    private_notes text,
    submitted_at timestamptz,
    submitted_by uuid REFERENCES users (id),
    submitted_reason text,
    revision integer NOT NULL,
    revised_at timestamptz,
    revised_reason text,
    revised_after_reading boolean,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One card per person and interview.
CREATE UNIQUE INDEX scorecards_once ON scorecards (interview_id, author_id);

-- The cards of an application.
CREATE INDEX scorecards_by_application ON scorecards (application_id);

-- What a submitted card said before it was revised, with its ratings as JSON. Rows are never changed.
CREATE TABLE scorecard_revisions (
    id uuid NOT NULL PRIMARY KEY,
    scorecard_id uuid NOT NULL REFERENCES scorecards (id),
    number integer NOT NULL,
    content jsonb NOT NULL,
    reason text,
    after_reading boolean,
    handed_in_at timestamptz NOT NULL
);

-- A revision is kept once.
CREATE UNIQUE INDEX scorecard_revisions_once ON scorecard_revisions (scorecard_id, number);

-- The level given to an attribute, or that there was no signal, which is apart from every level; neither in a draft that
-- has evidence alone.
CREATE TABLE ratings (
    id uuid NOT NULL PRIMARY KEY,
    scorecard_id uuid NOT NULL REFERENCES scorecards (id),
    attribute_id uuid NOT NULL REFERENCES attributes (id),
    level integer,
    no_signal boolean NOT NULL,
    evidence text
);

-- An attribute is rated once per card.
CREATE UNIQUE INDEX ratings_once ON ratings (scorecard_id, attribute_id);

-- The first time somebody read another's card, and whether they still owed their own.
CREATE TABLE scorecard_reads (
    id uuid NOT NULL PRIMARY KEY,
    scorecard_id uuid NOT NULL REFERENCES scorecards (id),
    reader_id uuid NOT NULL,
    reader_owed boolean NOT NULL,
    occurred_at timestamptz NOT NULL
);

-- The first read counts.
CREATE UNIQUE INDEX scorecard_reads_once ON scorecard_reads (scorecard_id, reader_id);

-- What an external assessment yielded, in the place of a person's judgement of an interview. Scores are exact numbers, as they were sent.
CREATE TABLE assessment_results (
    id uuid NOT NULL PRIMARY KEY,
    interview_id uuid NOT NULL REFERENCES interviews (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    provider text NOT NULL,
    url text,
    score text NOT NULL,
    max_score text NOT NULL,
    percentile text,
    completed_at timestamptz NOT NULL,
    summary text,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    revision integer NOT NULL,
    revised_at timestamptz,
    revised_reason text,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One result per interview.
CREATE UNIQUE INDEX assessment_results_once ON assessment_results (interview_id);

-- The results of an application.
CREATE INDEX assessment_results_by_application ON assessment_results (application_id);

-- The level that a result gives to an attribute; none is no signal.
CREATE TABLE assessment_ratings (
    id uuid NOT NULL PRIMARY KEY,
    assessment_result_id uuid NOT NULL REFERENCES assessment_results (id),
    attribute_id uuid NOT NULL REFERENCES attributes (id),
    level integer,
    evidence text
);

-- An attribute is rated once per result.
CREATE UNIQUE INDEX assessment_ratings_once ON assessment_ratings (assessment_result_id, attribute_id);

-- What a result said before it was corrected, with its ratings as JSON. Rows are never changed.
CREATE TABLE assessment_revisions (
    id uuid NOT NULL PRIMARY KEY,
    assessment_result_id uuid NOT NULL REFERENCES assessment_results (id),
    number integer NOT NULL,
    content jsonb NOT NULL,
    reason text,
    recorded_at timestamptz NOT NULL
);

-- A revision is kept once.
CREATE UNIQUE INDEX assessment_revisions_once ON assessment_revisions (assessment_result_id, number);

-- The first time somebody read a result, and whether they still owed a card.
CREATE TABLE assessment_reads (
    id uuid NOT NULL PRIMARY KEY,
    assessment_result_id uuid NOT NULL REFERENCES assessment_results (id),
    reader_id uuid NOT NULL,
    reader_owed boolean NOT NULL,
    occurred_at timestamptz NOT NULL
);

-- The first read counts.
CREATE UNIQUE INDEX assessment_reads_once ON assessment_reads (assessment_result_id, reader_id);

-- The written decision about an application's loop. One named decider. reveals_early and shows_recruiters are what the pinned policy says of sealing.
CREATE TABLE debriefs (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    loop_id uuid NOT NULL REFERENCES loops (id),
    round integer NOT NULL,
    state text NOT NULL REFERENCES debrief_states (name),
    decider_id uuid NOT NULL REFERENCES users (id),
    driver_id uuid NOT NULL REFERENCES users (id),
    settings_version_id uuid NOT NULL REFERENCES settings_versions (id),
    reveals_early boolean NOT NULL,
    shows_recruiters boolean NOT NULL,
    gathering_at timestamptz,
    revealed_at timestamptz,
    extended_until timestamptz,
    stalled_at timestamptz,
    forced_reason text,
    meeting_reason text,
    meeting_notes text,
    discussions integer NOT NULL,
    responses_due_at timestamptz,
    decide_by timestamptz,
    dissent_until timestamptz,
    decided_at timestamptz,
    inform_by timestamptz,
    informed_at timestamptz,
    informed_how text CHECK (informed_how IN ('written', 'spoken')),
    informed_by_id uuid REFERENCES users (id),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One debrief per round of a loop.
CREATE UNIQUE INDEX debriefs_by_loop ON debriefs (loop_id, round);

-- The debriefs of an application.
CREATE INDEX debriefs_by_application ON debriefs (application_id);

-- A decider looked at the cards before they were revealed, and why.
CREATE TABLE debrief_peeks (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    user_id uuid NOT NULL REFERENCES users (id),
    reason text NOT NULL,
    occurred_at timestamptz NOT NULL
);

-- Somebody peeks once; from then on they see the cards.
CREATE UNIQUE INDEX debrief_peeks_once ON debrief_peeks (debrief_id, user_id);

-- A frozen recommendation; the first one is the scorecard's, a later one says why and what changed its author's mind.
CREATE TABLE ballots (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    user_id uuid NOT NULL REFERENCES users (id),
    scorecard_id uuid REFERENCES scorecards (id),
    recommendation text NOT NULL CHECK (recommendation IN ('strong_no', 'no', 'yes', 'strong_yes', 'no_decision')),
    reason text,
    because_of_id uuid REFERENCES scorecards (id),
    because_attribute_id uuid REFERENCES attributes (id),
    occurred_at timestamptz NOT NULL
);

-- The ballots of a debrief.
CREATE INDEX ballots_by_debrief ON ballots (debrief_id, user_id);

-- What the decider decided, with the memo, frozen by its hash.
CREATE TABLE decisions (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    application_id uuid NOT NULL REFERENCES applications (id),
    outcome text NOT NULL CHECK (outcome IN ('hire', 'no_hire', 'hold')),
    level_id uuid REFERENCES levels (id),
    memo jsonb NOT NULL,
    memo_hash bytea NOT NULL,
    decider_id uuid NOT NULL REFERENCES users (id),
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- A debrief decides once per round.
CREATE UNIQUE INDEX decisions_once ON decisions (debrief_id);

-- The decisions about an application.
CREATE INDEX decisions_by_application ON decisions (application_id);

-- What was found between the scorecards of a debrief when they were revealed. Rows are never changed.
CREATE TABLE findings (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    position integer NOT NULL,
    kind text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('blocking', 'note')),
    attribute_id uuid REFERENCES attributes (id),
    created_at timestamptz NOT NULL
);

-- The findings of a debrief, in order.
CREATE UNIQUE INDEX findings_by_debrief ON findings (debrief_id, position);

-- A card that a finding rests on, whose author is asked about it.
CREATE TABLE finding_cards (
    id uuid NOT NULL PRIMARY KEY,
    finding_id uuid NOT NULL REFERENCES findings (id),
    scorecard_id uuid NOT NULL REFERENCES scorecards (id)
);

-- A finding rests on a card once.
CREATE UNIQUE INDEX finding_cards_once ON finding_cards (finding_id, scorecard_id);

-- What somebody of the panel says in a discussion, sealed until the reader's own is in or the window is over. Rows are never changed.
CREATE TABLE responses (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    discussion integer NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    comment text,
    occurred_at timestamptz NOT NULL
);

-- One response per person and discussion.
CREATE UNIQUE INDEX responses_once ON responses (debrief_id, discussion, user_id);

-- The answer to an open question.
CREATE TABLE response_answers (
    id uuid NOT NULL PRIMARY KEY,
    response_id uuid NOT NULL REFERENCES responses (id),
    finding_id uuid NOT NULL REFERENCES findings (id),
    answer text NOT NULL
);

-- A response answers a question once.
CREATE UNIQUE INDEX response_answers_once ON response_answers (response_id, finding_id);

-- What somebody whose ballot differs from the decision says to it. Rows are never changed.
CREATE TABLE dissents (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    user_id uuid NOT NULL REFERENCES users (id),
    statement text NOT NULL,
    occurred_at timestamptz NOT NULL
);

-- One statement per person.
CREATE UNIQUE INDEX dissents_once ON dissents (debrief_id, user_id);

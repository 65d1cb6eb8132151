-- The life of a loop.
CREATE TABLE loop_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO loop_states (name) VALUES ('running'), ('finished'), ('cancelled');

-- The life of an interview.
CREATE TABLE interview_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO interview_states (name) VALUES ('draft'), ('awaiting_availability'), ('proposed'), ('confirmed'), ('completed'), ('cancelled'), ('no_show');

-- The life of a scorecard.
CREATE TABLE scorecard_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO scorecard_states (name) VALUES ('draft'), ('submitted');

-- The life of a debrief.
CREATE TABLE debrief_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO debrief_states (name) VALUES ('planned'), ('gathering'), ('stalled'), ('revealed'), ('discussing'), ('deciding'), ('dissent_window'), ('decided'), ('closed'), ('cancelled');

-- A template version started for one application.
CREATE TABLE loops (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    loop_template_version_id BLOB NOT NULL REFERENCES loop_template_versions (id),
    stage_id BLOB NOT NULL REFERENCES stages (id),
    state TEXT NOT NULL REFERENCES loop_states (name),
    started_by BLOB,
    started_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The loops of an application.
CREATE INDEX loops_by_application ON loops (application_id);

-- One kit of a loop, at a time. time_zone is the IANA zone of whoever chose it; schedule_sequence counts changes for calendars; override_reason is why somebody is booked twice.
CREATE TABLE interviews (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    loop_id BLOB NOT NULL REFERENCES loops (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    kit_id BLOB NOT NULL REFERENCES kits (id),
    state TEXT NOT NULL REFERENCES interview_states (name),
    starts_at INTEGER,
    ends_at INTEGER,
    time_zone TEXT,
    meeting_url TEXT,
    room_of_id BLOB REFERENCES users (id),
    location TEXT,
    dial_in TEXT,
    schedule_sequence INTEGER NOT NULL,
    completed_at INTEGER,
    cancelled_at INTEGER,
    cancelled_reason TEXT,
    absent TEXT CHECK (absent IN ('candidate', 'interviewer')),
    schedule_reason TEXT,
    override_reason TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The interviews of an application.
CREATE INDEX interviews_by_application ON interviews (application_id);

-- The interviews of a kit.
CREATE INDEX interviews_by_kit ON interviews (kit_id);

-- The interviews of a loop.
CREATE INDEX interviews_by_loop ON interviews (loop_id);

-- What a candidate is asked about the time of an interview, and what they say: one of some starts, or windows in which they could come.
CREATE TABLE time_requests (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    interview_id BLOB NOT NULL REFERENCES interviews (id),
    kind TEXT NOT NULL CHECK (kind IN ('slots', 'availability')),
    minutes INTEGER NOT NULL,
    starts TEXT NOT NULL,
    bent TEXT NOT NULL,
    override_reason TEXT,
    windows TEXT,
    time_zone TEXT,
    expires_at INTEGER NOT NULL,
    answered_at INTEGER,
    closed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- An interview's candidate is asked one thing at a time.
CREATE UNIQUE INDEX time_requests_open ON time_requests (interview_id)
    WHERE closed_at IS NULL;

-- What was asked for an interview.
CREATE INDEX time_requests_by_interview ON time_requests (interview_id);

-- What a candidate asked by their link: for another time, or not to come. Never more than three for an interview.
CREATE TABLE candidate_asks (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    interview_id BLOB NOT NULL REFERENCES interviews (id),
    kind TEXT NOT NULL CHECK (kind IN ('another_time', 'cannot_come')),
    reason TEXT,
    asked_at INTEGER NOT NULL
) STRICT;

-- What was asked for an interview.
CREATE INDEX candidate_asks_by_interview ON candidate_asks (interview_id);

-- A request to the panels of a loop, or of one interview, to cover an attribute. They see neither who asked nor when.
CREATE TABLE loop_probes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    loop_id BLOB NOT NULL REFERENCES loops (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    interview_id BLOB REFERENCES interviews (id),
    attribute_id BLOB NOT NULL REFERENCES attributes (id),
    asked_by BLOB NOT NULL REFERENCES users (id),
    asked_at INTEGER NOT NULL,
    withdrawn_by BLOB REFERENCES users (id),
    withdrawn_at INTEGER
) STRICT;

-- The probes of a loop.
CREATE INDEX loop_probes_by_loop ON loop_probes (loop_id);

-- A person on an interview, and which rules were bent to seat them. Lead, second and bar raiser owe a scorecard from assigned_at until submission, waiver, removal or cancellation.
CREATE TABLE panelists (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    interview_id BLOB NOT NULL REFERENCES interviews (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    slot TEXT NOT NULL CHECK (slot IN ('lead', 'second', 'shadow', 'observer', 'bar_raiser')),
    assigned_at INTEGER NOT NULL,
    assigned_reason TEXT,
    bent_rules TEXT,
    independent INTEGER NOT NULL CHECK (independent IN (0, 1)),
    due_at INTEGER,
    submitted_at INTEGER,
    waived_at INTEGER,
    waived_reason TEXT,
    response TEXT NOT NULL CHECK (response IN ('needs_action', 'accepted', 'declined', 'tentative')),
    response_reason TEXT,
    responded_at INTEGER,
    removed_at INTEGER
) STRICT;

-- A person sits on an interview once.
CREATE UNIQUE INDEX panelists_seated ON panelists (interview_id, user_id)
    WHERE removed_at IS NULL;

-- What a person owes.
CREATE INDEX panelists_by_user ON panelists (user_id, application_id);

-- Who owes for an application.
CREATE INDEX panelists_by_application ON panelists (application_id);

-- One person's judgement of one interview. `submitted_by` is who handed it in for its author, if it was not they.
CREATE TABLE scorecards (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    interview_id BLOB NOT NULL REFERENCES interviews (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    author_id BLOB NOT NULL REFERENCES users (id),
    state TEXT NOT NULL REFERENCES scorecard_states (name),
    recommendation TEXT CHECK (recommendation IN ('strong_no', 'no', 'yes', 'strong_yes', 'no_decision')),
    recommendation_reason TEXT,
    level_signal_id BLOB REFERENCES levels (id),
    summary TEXT,
    private_notes TEXT,
    submitted_at INTEGER,
    submitted_by BLOB REFERENCES users (id),
    submitted_reason TEXT,
    revision INTEGER NOT NULL,
    revised_at INTEGER,
    revised_reason TEXT,
    revised_after_reading INTEGER CHECK (revised_after_reading IN (0, 1)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One card per person and interview.
CREATE UNIQUE INDEX scorecards_once ON scorecards (interview_id, author_id);

-- The cards of an application.
CREATE INDEX scorecards_by_application ON scorecards (application_id);

-- What a submitted card said before it was revised, with its ratings as JSON. Rows are never changed.
CREATE TABLE scorecard_revisions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    scorecard_id BLOB NOT NULL REFERENCES scorecards (id),
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    reason TEXT,
    after_reading INTEGER CHECK (after_reading IN (0, 1)),
    handed_in_at INTEGER NOT NULL
) STRICT;

-- A revision is kept once.
CREATE UNIQUE INDEX scorecard_revisions_once ON scorecard_revisions (scorecard_id, number);

-- The level given to an attribute, or that there was no signal, which is apart from every level; neither in a draft that
-- has evidence alone.
CREATE TABLE ratings (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    scorecard_id BLOB NOT NULL REFERENCES scorecards (id),
    attribute_id BLOB NOT NULL REFERENCES attributes (id),
    level INTEGER,
    no_signal INTEGER NOT NULL CHECK (no_signal IN (0, 1)),
    evidence TEXT
) STRICT;

-- An attribute is rated once per card.
CREATE UNIQUE INDEX ratings_once ON ratings (scorecard_id, attribute_id);

-- The first time somebody read another's card, and whether they still owed their own.
CREATE TABLE scorecard_reads (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    scorecard_id BLOB NOT NULL REFERENCES scorecards (id),
    reader_id BLOB NOT NULL,
    reader_owed INTEGER NOT NULL CHECK (reader_owed IN (0, 1)),
    occurred_at INTEGER NOT NULL
) STRICT;

-- The first read counts.
CREATE UNIQUE INDEX scorecard_reads_once ON scorecard_reads (scorecard_id, reader_id);

-- What an external assessment yielded, in the place of a person's judgement of an interview. Scores are exact numbers, as they were sent.
CREATE TABLE assessment_results (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    interview_id BLOB NOT NULL REFERENCES interviews (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    provider TEXT NOT NULL,
    url TEXT,
    score TEXT NOT NULL,
    max_score TEXT NOT NULL,
    percentile TEXT,
    completed_at INTEGER NOT NULL,
    summary TEXT,
    recorded_by BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    revised_at INTEGER,
    revised_reason TEXT,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One result per interview.
CREATE UNIQUE INDEX assessment_results_once ON assessment_results (interview_id);

-- The results of an application.
CREATE INDEX assessment_results_by_application ON assessment_results (application_id);

-- The level that a result gives to an attribute; none is no signal.
CREATE TABLE assessment_ratings (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    assessment_result_id BLOB NOT NULL REFERENCES assessment_results (id),
    attribute_id BLOB NOT NULL REFERENCES attributes (id),
    level INTEGER,
    evidence TEXT
) STRICT;

-- An attribute is rated once per result.
CREATE UNIQUE INDEX assessment_ratings_once ON assessment_ratings (assessment_result_id, attribute_id);

-- What a result said before it was corrected, with its ratings as JSON. Rows are never changed.
CREATE TABLE assessment_revisions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    assessment_result_id BLOB NOT NULL REFERENCES assessment_results (id),
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    reason TEXT,
    recorded_at INTEGER NOT NULL
) STRICT;

-- A revision is kept once.
CREATE UNIQUE INDEX assessment_revisions_once ON assessment_revisions (assessment_result_id, number);

-- The first time somebody read a result, and whether they still owed a card.
CREATE TABLE assessment_reads (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    assessment_result_id BLOB NOT NULL REFERENCES assessment_results (id),
    reader_id BLOB NOT NULL,
    reader_owed INTEGER NOT NULL CHECK (reader_owed IN (0, 1)),
    occurred_at INTEGER NOT NULL
) STRICT;

-- The first read counts.
CREATE UNIQUE INDEX assessment_reads_once ON assessment_reads (assessment_result_id, reader_id);

-- The written decision about an application's loop. One named decider. reveals_early and shows_recruiters are what the pinned policy says of sealing.
CREATE TABLE debriefs (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    loop_id BLOB NOT NULL REFERENCES loops (id),
    round INTEGER NOT NULL,
    state TEXT NOT NULL REFERENCES debrief_states (name),
    decider_id BLOB NOT NULL REFERENCES users (id),
    driver_id BLOB NOT NULL REFERENCES users (id),
    settings_version_id BLOB NOT NULL REFERENCES settings_versions (id),
    reveals_early INTEGER NOT NULL CHECK (reveals_early IN (0, 1)),
    shows_recruiters INTEGER NOT NULL CHECK (shows_recruiters IN (0, 1)),
    gathering_at INTEGER,
    revealed_at INTEGER,
    extended_until INTEGER,
    stalled_at INTEGER,
    forced_reason TEXT,
    meeting_reason TEXT,
    meeting_notes TEXT,
    discussions INTEGER NOT NULL,
    responses_due_at INTEGER,
    decide_by INTEGER,
    dissent_until INTEGER,
    decided_at INTEGER,
    inform_by INTEGER,
    informed_at INTEGER,
    informed_how TEXT CHECK (informed_how IN ('written', 'spoken')),
    informed_by_id BLOB REFERENCES users (id),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One debrief per round of a loop.
CREATE UNIQUE INDEX debriefs_by_loop ON debriefs (loop_id, round);

-- The debriefs of an application.
CREATE INDEX debriefs_by_application ON debriefs (application_id);

-- A decider looked at the cards before they were revealed, and why.
CREATE TABLE debrief_peeks (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    reason TEXT NOT NULL,
    occurred_at INTEGER NOT NULL
) STRICT;

-- Somebody peeks once; from then on they see the cards.
CREATE UNIQUE INDEX debrief_peeks_once ON debrief_peeks (debrief_id, user_id);

-- A frozen recommendation; the first one is the scorecard's, a later one says why and what changed its author's mind.
CREATE TABLE ballots (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    scorecard_id BLOB REFERENCES scorecards (id),
    recommendation TEXT NOT NULL CHECK (recommendation IN ('strong_no', 'no', 'yes', 'strong_yes', 'no_decision')),
    reason TEXT,
    because_of_id BLOB REFERENCES scorecards (id),
    because_attribute_id BLOB REFERENCES attributes (id),
    occurred_at INTEGER NOT NULL
) STRICT;

-- The ballots of a debrief.
CREATE INDEX ballots_by_debrief ON ballots (debrief_id, user_id);

-- What the decider decided, with the memo, frozen by its hash.
CREATE TABLE decisions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    application_id BLOB NOT NULL REFERENCES applications (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('hire', 'no_hire', 'hold')),
    level_id BLOB REFERENCES levels (id),
    memo TEXT NOT NULL CHECK (json_valid(memo)),
    memo_hash BLOB NOT NULL,
    decider_id BLOB NOT NULL REFERENCES users (id),
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

-- A debrief decides once per round.
CREATE UNIQUE INDEX decisions_once ON decisions (debrief_id);

-- The decisions about an application.
CREATE INDEX decisions_by_application ON decisions (application_id);

-- What was found between the scorecards of a debrief when they were revealed. Rows are never changed.
CREATE TABLE findings (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('blocking', 'note')),
    attribute_id BLOB REFERENCES attributes (id),
    created_at INTEGER NOT NULL
) STRICT;

-- The findings of a debrief, in order.
CREATE UNIQUE INDEX findings_by_debrief ON findings (debrief_id, position);

-- A card that a finding rests on, whose author is asked about it.
CREATE TABLE finding_cards (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    finding_id BLOB NOT NULL REFERENCES findings (id),
    scorecard_id BLOB NOT NULL REFERENCES scorecards (id)
) STRICT;

-- A finding rests on a card once.
CREATE UNIQUE INDEX finding_cards_once ON finding_cards (finding_id, scorecard_id);

-- What somebody of the panel says in a discussion, sealed until the reader's own is in or the window is over. Rows are never changed.
CREATE TABLE responses (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    discussion INTEGER NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    comment TEXT,
    occurred_at INTEGER NOT NULL
) STRICT;

-- One response per person and discussion.
CREATE UNIQUE INDEX responses_once ON responses (debrief_id, discussion, user_id);

-- The answer to an open question.
CREATE TABLE response_answers (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    response_id BLOB NOT NULL REFERENCES responses (id),
    finding_id BLOB NOT NULL REFERENCES findings (id),
    answer TEXT NOT NULL
) STRICT;

-- A response answers a question once.
CREATE UNIQUE INDEX response_answers_once ON response_answers (response_id, finding_id);

-- What somebody whose ballot differs from the decision says to it. Rows are never changed.
CREATE TABLE dissents (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    statement TEXT NOT NULL,
    occurred_at INTEGER NOT NULL
) STRICT;

-- One statement per person.
CREATE UNIQUE INDEX dissents_once ON dissents (debrief_id, user_id);

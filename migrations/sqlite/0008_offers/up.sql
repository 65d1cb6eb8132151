-- The life of an offer.
CREATE TABLE offer_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO offer_states (name) VALUES ('draft'), ('pending'), ('approved'), ('rejected'), ('extended'), ('accepted'), ('declined'), ('rescinded');

-- The life of an approval run.
CREATE TABLE approval_run_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO approval_run_states (name) VALUES ('pending'), ('approved'), ('rejected'), ('superseded');

-- The life of a step.
CREATE TABLE approval_step_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO approval_step_states (name) VALUES ('waiting'), ('pending'), ('approved'), ('rejected');

-- An offer to one application, against one opening.
CREATE TABLE offers (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    opening_id BLOB REFERENCES openings (id),
    decision_id BLOB NOT NULL REFERENCES decisions (id),
    state TEXT NOT NULL REFERENCES offer_states (name),
    current_version_id BLOB,
    extended_at INTEGER,
    expires_at INTEGER,
    resolved_at INTEGER,
    decline_reason TEXT,
    acceptance_note TEXT,
    custom TEXT NOT NULL CHECK (json_valid(custom)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The offers of an application.
CREATE INDEX offers_by_application ON offers (application_id);

-- Terms, immutable, with the hash that approvals bind to; the pay band as it stood.
CREATE TABLE offer_versions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    offer_id BLOB NOT NULL REFERENCES offers (id),
    number INTEGER NOT NULL,
    terms TEXT NOT NULL CHECK (json_valid(terms)),
    terms_hash BLOB NOT NULL,
    pay_band_id BLOB REFERENCES pay_bands (id),
    band TEXT CHECK (band IS NULL OR json_valid(band)),
    created_by BLOB,
    created_at INTEGER NOT NULL
) STRICT;

-- Versions are numbered.
CREATE UNIQUE INDEX offer_versions_by_number ON offer_versions (offer_id, number);

-- One passage of one version through its steps. subject is an offer version, or a job for imported records.
CREATE TABLE approval_runs (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('offer_version', 'job')),
    subject_id BLOB NOT NULL,
    application_id BLOB,
    job_id BLOB,
    terms_hash BLOB,
    state TEXT NOT NULL REFERENCES approval_run_states (name),
    settings_version_id BLOB REFERENCES settings_versions (id),
    started_by BLOB,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The runs of a subject.
CREATE INDEX approval_runs_by_subject ON approval_runs (subject_id);

-- The runs of an application, and whether a person stands on one.
CREATE INDEX approval_runs_by_application ON approval_runs (application_id);

-- A step of a run.
CREATE TABLE approval_steps (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    approval_run_id BLOB NOT NULL REFERENCES approval_runs (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('all', 'any')),
    state TEXT NOT NULL REFERENCES approval_step_states (name),
    asked_at INTEGER,
    ended_at INTEGER
) STRICT;

-- Steps have an order.
CREATE UNIQUE INDEX approval_steps_in_order ON approval_steps (approval_run_id, position);

-- Who may vote on a step.
CREATE TABLE approval_step_members (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    approval_step_id BLOB NOT NULL REFERENCES approval_steps (id),
    user_id BLOB NOT NULL REFERENCES users (id)
) STRICT;

-- One vote per person on a step.
CREATE UNIQUE INDEX approval_step_members_once ON approval_step_members (approval_step_id, user_id);

-- What a person is asked to approve.
CREATE INDEX approval_step_members_by_user ON approval_step_members (user_id);

-- A vote, bound to the terms it saw. cast_by is who cast it in the place of user_id, by a delegation.
CREATE TABLE votes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    approval_run_id BLOB NOT NULL REFERENCES approval_runs (id),
    approval_step_id BLOB NOT NULL REFERENCES approval_steps (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    cast_by BLOB REFERENCES users (id),
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'reject')),
    note TEXT,
    terms_hash BLOB,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

-- A person votes once on a step.
CREATE UNIQUE INDEX votes_once ON votes (approval_step_id, user_id);

-- Somebody votes in another's place for a time, within limits. ended_at is when it was ended early.
CREATE TABLE delegations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    giver_id BLOB NOT NULL REFERENCES users (id),
    delegate_id BLOB NOT NULL REFERENCES users (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    ended_at INTEGER,
    max_base_minor INTEGER,
    max_base_currency TEXT,
    max_base_period TEXT CHECK (max_base_period IN ('year', 'month', 'day', 'hour')),
    max_level_id BLOB REFERENCES levels (id),
    all_departments INTEGER NOT NULL CHECK (all_departments IN (0, 1)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- For whom a person votes.
CREATE INDEX delegations_by_delegate ON delegations (delegate_id);

-- Who votes for a person.
CREATE INDEX delegations_by_giver ON delegations (giver_id);

-- A department, with all below it, for whose jobs a delegation holds.
CREATE TABLE delegation_departments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    delegation_id BLOB NOT NULL REFERENCES delegations (id),
    department_id BLOB NOT NULL REFERENCES departments (id)
) STRICT;

-- A department is named once.
CREATE UNIQUE INDEX delegation_departments_once ON delegation_departments (delegation_id, department_id);

-- The life of an offer.
CREATE TABLE offer_states (name text NOT NULL PRIMARY KEY);
INSERT INTO offer_states (name) VALUES ('draft'), ('pending'), ('approved'), ('rejected'), ('extended'), ('accepted'), ('declined'), ('rescinded');

-- The life of an approval run.
CREATE TABLE approval_run_states (name text NOT NULL PRIMARY KEY);
INSERT INTO approval_run_states (name) VALUES ('pending'), ('approved'), ('rejected'), ('superseded');

-- The life of a step.
CREATE TABLE approval_step_states (name text NOT NULL PRIMARY KEY);
INSERT INTO approval_step_states (name) VALUES ('waiting'), ('pending'), ('approved'), ('rejected');

-- An offer to one application, against one opening.
CREATE TABLE offers (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    opening_id uuid REFERENCES openings (id),
    decision_id uuid NOT NULL REFERENCES decisions (id),
    state text NOT NULL REFERENCES offer_states (name),
    current_version_id uuid,
    extended_at timestamptz,
    expires_at timestamptz,
    resolved_at timestamptz,
    decline_reason text,
    acceptance_note text,
    custom jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The offers of an application.
CREATE INDEX offers_by_application ON offers (application_id);

-- Terms, immutable, with the hash that approvals bind to; the pay band as it stood.
CREATE TABLE offer_versions (
    id uuid NOT NULL PRIMARY KEY,
    offer_id uuid NOT NULL REFERENCES offers (id),
    number integer NOT NULL,
    terms jsonb NOT NULL,
    terms_hash bytea NOT NULL,
    pay_band_id uuid REFERENCES pay_bands (id),
    band jsonb,
    created_by uuid,
    created_at timestamptz NOT NULL
);

-- Versions are numbered.
CREATE UNIQUE INDEX offer_versions_by_number ON offer_versions (offer_id, number);

-- One passage of one version through its steps. subject is an offer version, or a job for imported records.
CREATE TABLE approval_runs (
    id uuid NOT NULL PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('offer_version', 'job')),
    subject_id uuid NOT NULL,
    application_id uuid,
    job_id uuid,
    terms_hash bytea,
    state text NOT NULL REFERENCES approval_run_states (name),
    settings_version_id uuid REFERENCES settings_versions (id),
    started_by uuid,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The runs of a subject.
CREATE INDEX approval_runs_by_subject ON approval_runs (subject_id);

-- The runs of an application, and whether a person stands on one.
CREATE INDEX approval_runs_by_application ON approval_runs (application_id);

-- A step of a run.
CREATE TABLE approval_steps (
    id uuid NOT NULL PRIMARY KEY,
    approval_run_id uuid NOT NULL REFERENCES approval_runs (id),
    position integer NOT NULL,
    name text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('all', 'any')),
    state text NOT NULL REFERENCES approval_step_states (name),
    asked_at timestamptz,
    ended_at timestamptz
);

-- Steps have an order.
CREATE UNIQUE INDEX approval_steps_in_order ON approval_steps (approval_run_id, position);

-- Who may vote on a step.
CREATE TABLE approval_step_members (
    id uuid NOT NULL PRIMARY KEY,
    approval_step_id uuid NOT NULL REFERENCES approval_steps (id),
    user_id uuid NOT NULL REFERENCES users (id)
);

-- One vote per person on a step.
CREATE UNIQUE INDEX approval_step_members_once ON approval_step_members (approval_step_id, user_id);

-- What a person is asked to approve.
CREATE INDEX approval_step_members_by_user ON approval_step_members (user_id);

-- A vote, bound to the terms it saw. cast_by is who cast it in the place of user_id, by a delegation.
CREATE TABLE votes (
    id uuid NOT NULL PRIMARY KEY,
    approval_run_id uuid NOT NULL REFERENCES approval_runs (id),
    approval_step_id uuid NOT NULL REFERENCES approval_steps (id),
    user_id uuid NOT NULL REFERENCES users (id),
    cast_by uuid REFERENCES users (id),
    decision text NOT NULL CHECK (decision IN ('approve', 'reject')),
    note text,
    terms_hash bytea,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- A person votes once on a step.
CREATE UNIQUE INDEX votes_once ON votes (approval_step_id, user_id);

-- Somebody votes in another's place for a time, within limits. ended_at is when it was ended early.
CREATE TABLE delegations (
    id uuid NOT NULL PRIMARY KEY,
    giver_id uuid NOT NULL REFERENCES users (id),
    delegate_id uuid NOT NULL REFERENCES users (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    max_base_minor bigint,
    max_base_currency text,
    max_base_period text CHECK (max_base_period IN ('year', 'month', 'day', 'hour')),
    max_level_id uuid REFERENCES levels (id),
    all_departments boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- For whom a person votes.
CREATE INDEX delegations_by_delegate ON delegations (delegate_id);

-- Who votes for a person.
CREATE INDEX delegations_by_giver ON delegations (giver_id);

-- A department, with all below it, for whose jobs a delegation holds.
CREATE TABLE delegation_departments (
    id uuid NOT NULL PRIMARY KEY,
    delegation_id uuid NOT NULL REFERENCES delegations (id),
    department_id uuid NOT NULL REFERENCES departments (id)
);

-- A department is named once.
CREATE UNIQUE INDEX delegation_departments_once ON delegation_departments (delegation_id, department_id);

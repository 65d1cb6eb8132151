-- When nothing was left of the person but ids and counts.
ALTER TABLE candidates ADD COLUMN anonymized_at timestamptz;

-- That a candidate was anonymized, once: by whom, or by the service itself, and why. scrubbed_at is when the
-- database was rewritten since, so that no page holds what was there.
CREATE TABLE anonymizations (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    reason text NOT NULL CHECK (reason IN ('requested', 'retention_over', 'consent_withdrawn', 'mistake')),
    actor_id uuid,
    created_at timestamptz NOT NULL,
    scrubbed_at timestamptz
);

-- A candidate is anonymized once.
CREATE UNIQUE INDEX anonymizations_by_candidate ON anonymizations (candidate_id);

-- What the database was not rewritten after yet.
CREATE INDEX anonymizations_unscrubbed ON anonymizations (created_at) WHERE scrubbed_at IS NULL;

-- A reason to keep a candidate whatever the rules say. It stands until it is released, or until its day.
CREATE TABLE retention_holds (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    reason text,
    ends_at timestamptz,
    created_by uuid NOT NULL,
    released_at timestamptz,
    released_by uuid,
    released_reason text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);

-- The holds of a candidate.
CREATE INDEX retention_holds_by_candidate ON retention_holds (candidate_id, id);

-- How long candidates are kept, in versions that never change.
CREATE TABLE retention_policies (
    id uuid NOT NULL PRIMARY KEY,
    number bigint NOT NULL,
    mode text NOT NULL CHECK (mode IN ('off', 'list', 'anonymize')),
    rules jsonb NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL
);

-- Versions are numbered.
CREATE UNIQUE INDEX retention_policies_by_number ON retention_policies (number);

-- A night's look at all candidates: how far it came, and what it found. after_id is the last candidate that
-- was looked at.
CREATE TABLE retention_runs (
    id uuid NOT NULL PRIMARY KEY,
    mode text NOT NULL CHECK (mode IN ('list', 'anonymize')),
    after_id uuid,
    looked bigint NOT NULL,
    anonymized bigint NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz
);

-- The run that is not over.
CREATE UNIQUE INDEX retention_runs_open ON retention_runs (mode) WHERE finished_at IS NULL;

-- Until when a candidate is kept, as the last run worked it out; none for one who is kept without end.
CREATE TABLE retention_dues (
    id uuid NOT NULL PRIMARY KEY REFERENCES candidates (id),
    outcome text NOT NULL CHECK (outcome IN ('rejected', 'withdrawn', 'hired', 'prospect')),
    closed_at timestamptz NOT NULL,
    retain_until timestamptz NOT NULL,
    computed_at timestamptz NOT NULL
);

-- Who is due first.
CREATE INDEX retention_dues_by_time ON retention_dues (retain_until, id);

-- The mails to a candidate.
CREATE INDEX deliveries_by_candidate ON deliveries (candidate_id) WHERE candidate_id IS NOT NULL;

-- The links to a thing.
CREATE INDEX capabilities_by_subject_id ON capabilities (subject_id) WHERE subject_id IS NOT NULL;

-- The life of an application.
CREATE TABLE application_statuses (name text NOT NULL PRIMARY KEY);
INSERT INTO application_statuses (name) VALUES ('active'), ('rejected'), ('withdrawn'), ('hired');

-- A person, once.
CREATE TABLE candidates (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    location text,
    time_zone text,
    locale text,
    user_id uuid REFERENCES users (id),
    agency_id uuid REFERENCES agencies (id),
    custom jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- A person who works here and is a candidate too: never shown their own file.
CREATE INDEX candidates_by_user ON candidates (user_id) WHERE user_id IS NOT NULL;

-- What an agency brought in.
CREATE INDEX candidates_by_agency ON candidates (agency_id, id) WHERE agency_id IS NOT NULL;

-- An e-mail address, phone or link of a candidate; refused: since when and why the mail server takes no
-- mail to it.
CREATE TABLE contact_points (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    position integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('email', 'phone', 'link')),
    value text NOT NULL,
    value_folded text NOT NULL,
    refused_at timestamptz,
    refused_reason text,
    CHECK ((refused_at IS NULL) = (refused_reason IS NULL))
);

-- A candidate's contact points, in order.
CREATE UNIQUE INDEX contact_points_by_candidate ON contact_points (candidate_id, position);

-- Duplicate hints.
CREATE INDEX contact_points_by_value ON contact_points (kind, value_folded);

-- A person of interest before any application.
CREATE TABLE prospects (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    source_id uuid REFERENCES sources (id),
    owner_id uuid REFERENCES users (id),
    stage_name text,
    closed_at timestamptz,
    rejection_reason_id uuid REFERENCES rejection_reasons (id),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- A candidate's prospects.
CREATE INDEX prospects_by_candidate ON prospects (candidate_id);

-- Where a prospect stood, kept as another system told it.
CREATE TABLE prospect_moves (
    id uuid NOT NULL PRIMARY KEY,
    prospect_id uuid NOT NULL REFERENCES prospects (id),
    from_name text,
    to_name text NOT NULL,
    actor_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- The history of a prospect.
CREATE INDEX prospect_moves_by_prospect ON prospect_moves (prospect_id, occurred_at);

-- One candidate for one job.
CREATE TABLE applications (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    job_id uuid NOT NULL REFERENCES jobs (id),
    stage_id uuid NOT NULL REFERENCES stages (id),
    status text NOT NULL REFERENCES application_statuses (name),
    source_id uuid REFERENCES sources (id),
    owner_id uuid REFERENCES users (id),
    referrer_id uuid REFERENCES users (id),
    agency_id uuid REFERENCES agencies (id),
    applied_at timestamptz NOT NULL,
    stage_entered_at timestamptz NOT NULL,
    custom jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What an agency brought in.
CREATE INDEX applications_by_agency ON applications (agency_id, id) WHERE agency_id IS NOT NULL;

-- A job's applications.
CREATE INDEX applications_by_job ON applications (job_id, status, id);

-- A candidate's applications.
CREATE INDEX applications_by_candidate ON applications (candidate_id, id);

-- A column of the board.
CREATE INDEX applications_by_stage ON applications (stage_id, status, id);

-- Every move between stages: who, when and, by the next one, how long.
CREATE TABLE application_moves (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    from_stage_id uuid REFERENCES stages (id),
    to_stage_id uuid NOT NULL REFERENCES stages (id),
    actor_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- The stage history.
CREATE INDEX application_moves_by_application ON application_moves (application_id, occurred_at);

-- We said no.
CREATE TABLE rejections (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    rejection_reason_id uuid NOT NULL REFERENCES rejection_reasons (id),
    note text,
    actor_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    ended_at timestamptz
);

-- One open rejection per application.
CREATE UNIQUE INDEX rejections_open ON rejections (application_id)
    WHERE ended_at IS NULL;

-- The candidate said no.
CREATE TABLE withdrawals (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    note text,
    actor_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    ended_at timestamptz
);

-- One open withdrawal per application.
CREATE UNIQUE INDEX withdrawals_open ON withdrawals (application_id)
    WHERE ended_at IS NULL;

-- The candidate was hired.
CREATE TABLE hires (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    offer_id uuid,
    opening_id uuid REFERENCES openings (id),
    actor_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    ended_at timestamptz
);

-- One open hire per application.
CREATE UNIQUE INDEX hires_open ON hires (application_id)
    WHERE ended_at IS NULL;

-- A rejected application came back.
CREATE TABLE reopenings (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    reason text NOT NULL,
    actor_id uuid,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL
);

-- The reopenings of an application.
CREATE INDEX reopenings_by_application ON reopenings (application_id);

-- A tag on a candidate.
CREATE TABLE candidate_tags (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    tag_id uuid NOT NULL REFERENCES tags (id),
    created_at timestamptz NOT NULL
);

-- A tag stands on a candidate once.
CREATE UNIQUE INDEX candidate_tags_once ON candidate_tags (candidate_id, tag_id);

-- The candidates with a tag.
CREATE INDEX candidate_tags_by_tag ON candidate_tags (tag_id, candidate_id);

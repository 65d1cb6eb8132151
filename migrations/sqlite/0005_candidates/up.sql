-- The life of an application.
CREATE TABLE application_statuses (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO application_statuses (name) VALUES ('active'), ('rejected'), ('withdrawn'), ('hired');

-- A person, once.
CREATE TABLE candidates (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    location TEXT,
    time_zone TEXT,
    locale TEXT,
    user_id BLOB REFERENCES users (id),
    agency_id BLOB REFERENCES agencies (id),
    custom TEXT NOT NULL CHECK (json_valid(custom)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A person who works here and is a candidate too: never shown their own file.
CREATE INDEX candidates_by_user ON candidates (user_id) WHERE user_id IS NOT NULL;

-- What an agency brought in.
CREATE INDEX candidates_by_agency ON candidates (agency_id, id) WHERE agency_id IS NOT NULL;

-- An e-mail address, phone or link of a candidate; refused: since when and why the mail server takes no
-- mail to it.
CREATE TABLE contact_points (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'link')),
    value TEXT NOT NULL,
    value_folded TEXT NOT NULL,
    refused_at INTEGER,
    refused_reason TEXT,
    CHECK ((refused_at IS NULL) = (refused_reason IS NULL))
) STRICT;

-- A candidate's contact points, in order.
CREATE UNIQUE INDEX contact_points_by_candidate ON contact_points (candidate_id, position);

-- Duplicate hints.
CREATE INDEX contact_points_by_value ON contact_points (kind, value_folded);

-- A person of interest before any application.
CREATE TABLE prospects (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    source_id BLOB REFERENCES sources (id),
    owner_id BLOB REFERENCES users (id),
    stage_name TEXT,
    closed_at INTEGER,
    rejection_reason_id BLOB REFERENCES rejection_reasons (id),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A candidate's prospects.
CREATE INDEX prospects_by_candidate ON prospects (candidate_id);

-- Where a prospect stood, kept as another system told it.
CREATE TABLE prospect_moves (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    prospect_id BLOB NOT NULL REFERENCES prospects (id),
    from_name TEXT,
    to_name TEXT NOT NULL,
    actor_id BLOB,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

-- The history of a prospect.
CREATE INDEX prospect_moves_by_prospect ON prospect_moves (prospect_id, occurred_at);

-- One candidate for one job.
CREATE TABLE applications (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    stage_id BLOB NOT NULL REFERENCES stages (id),
    status TEXT NOT NULL REFERENCES application_statuses (name),
    source_id BLOB REFERENCES sources (id),
    owner_id BLOB REFERENCES users (id),
    referrer_id BLOB REFERENCES users (id),
    agency_id BLOB REFERENCES agencies (id),
    applied_at INTEGER NOT NULL,
    stage_entered_at INTEGER NOT NULL,
    custom TEXT NOT NULL CHECK (json_valid(custom)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

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
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    from_stage_id BLOB REFERENCES stages (id),
    to_stage_id BLOB NOT NULL REFERENCES stages (id),
    actor_id BLOB,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

-- The stage history.
CREATE INDEX application_moves_by_application ON application_moves (application_id, occurred_at);

-- We said no.
CREATE TABLE rejections (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    rejection_reason_id BLOB NOT NULL REFERENCES rejection_reasons (id),
    note TEXT,
    actor_id BLOB,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

-- One open rejection per application.
CREATE UNIQUE INDEX rejections_open ON rejections (application_id)
    WHERE ended_at IS NULL;

-- The candidate said no.
CREATE TABLE withdrawals (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    note TEXT,
    actor_id BLOB,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

-- One open withdrawal per application.
CREATE UNIQUE INDEX withdrawals_open ON withdrawals (application_id)
    WHERE ended_at IS NULL;

-- The candidate was hired.
CREATE TABLE hires (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    offer_id BLOB,
    opening_id BLOB REFERENCES openings (id),
    actor_id BLOB,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

-- One open hire per application.
CREATE UNIQUE INDEX hires_open ON hires (application_id)
    WHERE ended_at IS NULL;

-- A rejected application came back.
CREATE TABLE reopenings (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    reason TEXT NOT NULL,
    actor_id BLOB,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL
) STRICT;

-- The reopenings of an application.
CREATE INDEX reopenings_by_application ON reopenings (application_id);

-- A tag on a candidate.
CREATE TABLE candidate_tags (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    tag_id BLOB NOT NULL REFERENCES tags (id),
    created_at INTEGER NOT NULL
) STRICT;

-- A tag stands on a candidate once.
CREATE UNIQUE INDEX candidate_tags_once ON candidate_tags (candidate_id, tag_id);

-- The candidates with a tag.
CREATE INDEX candidate_tags_by_tag ON candidate_tags (tag_id, candidate_id);

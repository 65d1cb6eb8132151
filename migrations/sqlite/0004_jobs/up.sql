-- The life of a job.
CREATE TABLE job_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO job_states (name) VALUES ('draft'), ('open'), ('paused'), ('closed');

-- The life of an opening.
CREATE TABLE opening_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO opening_states (name) VALUES ('open'), ('reserved'), ('filled'), ('closed');

-- Ordered steps that an offer passes.
CREATE TABLE approval_chains (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One step of a chain: its members vote in parallel.
CREATE TABLE approval_chain_steps (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    approval_chain_id BLOB NOT NULL REFERENCES approval_chains (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('all', 'any'))
) STRICT;

-- Steps have an order.
CREATE UNIQUE INDEX approval_chain_steps_in_order ON approval_chain_steps (approval_chain_id, position);

-- A person on a step of a chain.
CREATE TABLE approval_chain_members (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    approval_chain_step_id BLOB NOT NULL REFERENCES approval_chain_steps (id),
    user_id BLOB NOT NULL REFERENCES users (id)
) STRICT;

-- One vote per person on a step.
CREATE UNIQUE INDEX approval_chain_members_once ON approval_chain_members (approval_chain_step_id, user_id);

-- A role being hired for.
CREATE TABLE jobs (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    title TEXT NOT NULL,
    state TEXT NOT NULL REFERENCES job_states (name),
    department_id BLOB REFERENCES departments (id),
    level_id BLOB REFERENCES levels (id),
    pay_band_id BLOB REFERENCES pay_bands (id),
    approval_chain_id BLOB REFERENCES approval_chains (id),
    location TEXT,
    description TEXT,
    requisition_code TEXT,
    headcount TEXT NOT NULL CHECK (headcount IN ('limited', 'unlimited')),
    confidential INTEGER NOT NULL CHECK (confidential IN (0, 1)),
    custom TEXT NOT NULL CHECK (json_valid(custom)),
    opened_at INTEGER,
    closed_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The list of open jobs.
CREATE INDEX jobs_by_state ON jobs (state, id);

-- An office that a job hires for.
CREATE TABLE job_offices (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    office_id BLOB NOT NULL REFERENCES offices (id)
) STRICT;

-- An office stands on a job once.
CREATE UNIQUE INDEX job_offices_once ON job_offices (job_id, office_id);

-- The jobs of an office.
CREATE INDEX job_offices_by_office ON job_offices (office_id, job_id);

-- The jobs of a department.
CREATE INDEX jobs_by_department ON jobs (department_id);
-- The few jobs that exist only for their team.
CREATE INDEX jobs_confidential ON jobs (id) WHERE confidential;

-- An ordered stage of a job's pipeline.
CREATE TABLE stages (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('review', 'screen', 'assessment', 'onsite', 'offer')),
    decision TEXT NOT NULL CHECK (decision IN ('none', 'light', 'debrief'))
) STRICT;

-- Stages have an order.
CREATE UNIQUE INDEX stages_in_order ON stages (job_id, position);

-- One approved head of a job.
CREATE TABLE openings (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL REFERENCES opening_states (name),
    target_start_on TEXT,
    application_id BLOB,
    filled_at INTEGER,
    closed_at INTEGER,
    custom TEXT NOT NULL CHECK (json_valid(custom)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Heads are numbered within their job.
CREATE UNIQUE INDEX openings_by_job ON openings (job_id, number);

-- A person's role on a job.
CREATE TABLE hiring_team_members (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('hiring_manager', 'recruiter', 'coordinator', 'interviewer')),
    created_at INTEGER NOT NULL
) STRICT;

-- A role is held once.
CREATE UNIQUE INDEX hiring_team_members_once ON hiring_team_members (job_id, user_id, role);

-- The jobs of a person.
CREATE INDEX hiring_team_members_by_user ON hiring_team_members (user_id, job_id);

-- A job that is open to an agency.
CREATE TABLE agency_jobs (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    agency_id BLOB NOT NULL REFERENCES agencies (id),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    created_at INTEGER NOT NULL
) STRICT;

-- Once per agency.
CREATE UNIQUE INDEX agency_jobs_once ON agency_jobs (agency_id, job_id);

-- The agencies of a job.
CREATE INDEX agency_jobs_by_job ON agency_jobs (job_id);

-- An administrator's look at a job in which they have no part: for a reason, for a while, and told.
CREATE TABLE break_glass (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    reason TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- What somebody may look at now.
CREATE INDEX break_glass_by_user ON break_glass (user_id, expires_at);

-- Who looked at a job.
CREATE INDEX break_glass_by_job ON break_glass (job_id);

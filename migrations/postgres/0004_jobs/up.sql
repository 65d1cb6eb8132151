-- The life of a job.
CREATE TABLE job_states (name text NOT NULL PRIMARY KEY);
INSERT INTO job_states (name) VALUES ('draft'), ('open'), ('paused'), ('closed');

-- The life of an opening.
CREATE TABLE opening_states (name text NOT NULL PRIMARY KEY);
INSERT INTO opening_states (name) VALUES ('open'), ('reserved'), ('filled'), ('closed');

-- Ordered steps that an offer passes.
CREATE TABLE approval_chains (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One step of a chain: its members vote in parallel.
CREATE TABLE approval_chain_steps (
    id uuid NOT NULL PRIMARY KEY,
    approval_chain_id uuid NOT NULL REFERENCES approval_chains (id),
    position integer NOT NULL,
    name text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('all', 'any'))
);

-- Steps have an order.
CREATE UNIQUE INDEX approval_chain_steps_in_order ON approval_chain_steps (approval_chain_id, position);

-- A person on a step of a chain.
CREATE TABLE approval_chain_members (
    id uuid NOT NULL PRIMARY KEY,
    approval_chain_step_id uuid NOT NULL REFERENCES approval_chain_steps (id),
    user_id uuid NOT NULL REFERENCES users (id)
);

-- One vote per person on a step.
CREATE UNIQUE INDEX approval_chain_members_once ON approval_chain_members (approval_chain_step_id, user_id);

-- A role being hired for.
CREATE TABLE jobs (
    id uuid NOT NULL PRIMARY KEY,
    title text NOT NULL,
    state text NOT NULL REFERENCES job_states (name),
    department_id uuid REFERENCES departments (id),
    level_id uuid REFERENCES levels (id),
    pay_band_id uuid REFERENCES pay_bands (id),
    approval_chain_id uuid REFERENCES approval_chains (id),
    location text,
    description text,
    requisition_code text,
    headcount text NOT NULL CHECK (headcount IN ('limited', 'unlimited')),
    confidential boolean NOT NULL,
    custom jsonb NOT NULL,
    opened_at timestamptz,
    closed_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The list of open jobs.
CREATE INDEX jobs_by_state ON jobs (state, id);

-- An office that a job hires for.
CREATE TABLE job_offices (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs (id),
    office_id uuid NOT NULL REFERENCES offices (id)
);

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
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs (id),
    position integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('review', 'screen', 'assessment', 'onsite', 'offer')),
    decision text NOT NULL CHECK (decision IN ('none', 'light', 'debrief'))
);

-- Stages have an order.
CREATE UNIQUE INDEX stages_in_order ON stages (job_id, position);

-- One approved head of a job.
CREATE TABLE openings (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs (id),
    number integer NOT NULL,
    state text NOT NULL REFERENCES opening_states (name),
    target_start_on date,
    application_id uuid,
    filled_at timestamptz,
    closed_at timestamptz,
    custom jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Heads are numbered within their job.
CREATE UNIQUE INDEX openings_by_job ON openings (job_id, number);

-- A person's role on a job.
CREATE TABLE hiring_team_members (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs (id),
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('hiring_manager', 'recruiter', 'coordinator', 'interviewer')),
    created_at timestamptz NOT NULL
);

-- A role is held once.
CREATE UNIQUE INDEX hiring_team_members_once ON hiring_team_members (job_id, user_id, role);

-- The jobs of a person.
CREATE INDEX hiring_team_members_by_user ON hiring_team_members (user_id, job_id);

-- A job that is open to an agency.
CREATE TABLE agency_jobs (
    id uuid NOT NULL PRIMARY KEY,
    agency_id uuid NOT NULL REFERENCES agencies (id),
    job_id uuid NOT NULL REFERENCES jobs (id),
    created_at timestamptz NOT NULL
);

-- Once per agency.
CREATE UNIQUE INDEX agency_jobs_once ON agency_jobs (agency_id, job_id);

-- The agencies of a job.
CREATE INDEX agency_jobs_by_job ON agency_jobs (job_id);

-- An administrator's look at a job in which they have no part: for a reason, for a while, and told.
CREATE TABLE break_glass (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    job_id uuid NOT NULL REFERENCES jobs (id),
    reason text NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What somebody may look at now.
CREATE INDEX break_glass_by_user ON break_glass (user_id, expires_at);

-- Who looked at a job.
CREATE INDEX break_glass_by_job ON break_glass (job_id);

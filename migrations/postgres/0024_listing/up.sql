-- A question that somebody keeps: the parameters of a list, by a name.
CREATE TABLE saved_views (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    name text NOT NULL,
    noun text NOT NULL CHECK (noun IN ('applications', 'candidates', 'jobs')),
    query text NOT NULL,
    shared_with text NOT NULL CHECK (shared_with IN ('me', 'organization')),
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- What somebody keeps, and how much that is.
CREATE INDEX saved_views_by_user ON saved_views (user_id, id);

-- What everybody is shown.
CREATE INDEX saved_views_shared ON saved_views (id) WHERE shared_with = 'organization' AND archived_at IS NULL;

-- The applications of a job in the order of the list.
CREATE INDEX applications_listed_by_job ON applications (job_id, id);

-- The applications in a stage in the order of the list.
CREATE INDEX applications_listed_by_stage ON applications (stage_id, id);

-- The applications with a status in the order of the list.
CREATE INDEX applications_listed_by_status ON applications (status, id);

-- What somebody looks after in the order of the list.
CREATE INDEX applications_listed_by_owner ON applications (owner_id, id) WHERE owner_id IS NOT NULL;

-- What came from a source in the order of the list.
CREATE INDEX applications_listed_by_source ON applications (source_id, id) WHERE source_id IS NOT NULL;

-- Applications by when they were recorded.
CREATE INDEX applications_by_creation ON applications (created_at, id);

-- Applications by when they last changed, for whoever keeps a copy.
CREATE INDEX applications_by_change ON applications (updated_at, id);

-- Applications by when the candidate applied.
CREATE INDEX applications_by_appliance ON applications (applied_at, id);

-- Applications by since when they stand in their stage.
CREATE INDEX applications_by_entry ON applications (stage_entered_at, id);

-- What was rejected for a reason and was not reopened.
CREATE INDEX rejections_by_reason ON rejections (rejection_reason_id, application_id) WHERE ended_at IS NULL;

-- Candidates by when they were recorded.
CREATE INDEX candidates_by_creation ON candidates (created_at, id);

-- Candidates by when they last changed, for whoever keeps a copy.
CREATE INDEX candidates_by_change ON candidates (updated_at, id);

-- Candidates by name, whatever the case of its letters.
CREATE INDEX candidates_by_name ON candidates (lower(name), id);

-- The candidates of a time zone in the order of the list.
CREATE INDEX candidates_by_zone ON candidates (time_zone, id) WHERE time_zone IS NOT NULL;

-- The jobs of a department in the order of the list.
CREATE INDEX jobs_listed_by_department ON jobs (department_id, id) WHERE department_id IS NOT NULL;

-- The jobs of a level in the order of the list.
CREATE INDEX jobs_listed_by_level ON jobs (level_id, id) WHERE level_id IS NOT NULL;

-- The jobs with a code of the organization's in the order of the list.
CREATE INDEX jobs_listed_by_code ON jobs (requisition_code, id) WHERE requisition_code IS NOT NULL;

-- Jobs by when they were drafted.
CREATE INDEX jobs_by_creation ON jobs (created_at, id);

-- Jobs by when they last changed, for whoever keeps a copy.
CREATE INDEX jobs_by_change ON jobs (updated_at, id);

-- Jobs by title, whatever the case of its letters.
CREATE INDEX jobs_by_title ON jobs (lower(title), id);

-- What somebody decides, for every list of applications that they ask for.
CREATE INDEX debriefs_by_decider ON debriefs (decider_id, application_id);

-- What somebody drives, for every list of applications that they ask for.
CREATE INDEX debriefs_by_driver ON debriefs (driver_id, application_id);

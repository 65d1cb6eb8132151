-- What candidates are written, with placeholders; of a job, or else of the organization.
CREATE TABLE message_templates (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid REFERENCES jobs (id),
    purpose text NOT NULL CHECK (purpose IN ('received', 'moved_on', 'rejected', 'availability', 'interview_details', 'update')),
    name text NOT NULL,
    language text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The templates of a purpose in a language, oldest first.
CREATE INDEX message_templates_by_purpose ON message_templates (purpose, language, id);

-- The templates of a job.
CREATE INDEX message_templates_by_job ON message_templates (job_id);

-- A mail to a candidate, or one that went by another way and was recorded, as it was written. The author is a
-- person or a service account, the sender the person behind it.
CREATE TABLE candidate_messages (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    purpose text NOT NULL CHECK (purpose IN ('received', 'moved_on', 'rejected', 'availability', 'interview_details', 'update')),
    direction text NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
    state text NOT NULL CHECK (state IN ('scheduled', 'sending', 'sent', 'cancelled', 'failed', 'recorded')),
    author_id uuid NOT NULL,
    sender_id uuid NOT NULL REFERENCES users (id),
    template_id uuid REFERENCES message_templates (id),
    language text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    recipient text,
    time_zone text,
    time_zone_of text CHECK (time_zone_of IN ('candidate', 'office', 'organization')),
    send_at timestamptz,
    sent_at timestamptz,
    stage_id uuid REFERENCES stages (id),
    interview_id uuid REFERENCES interviews (id),
    interview_sequence integer,
    ended_because text,
    ended_detail text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The messages of an application, newest first.
CREATE INDEX candidate_messages_by_application ON candidate_messages (application_id, id);

-- The messages of a candidate, newest first.
CREATE INDEX candidate_messages_by_candidate ON candidate_messages (candidate_id, id);

-- What somebody sent.
CREATE INDEX candidate_messages_by_sender ON candidate_messages (sender_id);

-- Where a template was used.
CREATE INDEX candidate_messages_by_template ON candidate_messages (template_id);

-- What was written of an interview.
CREATE INDEX candidate_messages_by_interview ON candidate_messages (interview_id);

-- What was written in a stage.
CREATE INDEX candidate_messages_by_stage ON candidate_messages (stage_id);

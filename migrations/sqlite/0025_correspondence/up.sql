-- What candidates are written, with placeholders; of a job, or else of the organization.
CREATE TABLE message_templates (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB REFERENCES jobs (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('received', 'moved_on', 'rejected', 'availability', 'interview_details', 'update')),
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The templates of a purpose in a language, oldest first.
CREATE INDEX message_templates_by_purpose ON message_templates (purpose, language, id);

-- The templates of a job.
CREATE INDEX message_templates_by_job ON message_templates (job_id);

-- A mail to a candidate, or one that went by another way and was recorded, as it was written. The author is a
-- person or a service account, the sender the person behind it.
CREATE TABLE candidate_messages (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('received', 'moved_on', 'rejected', 'availability', 'interview_details', 'update')),
    direction TEXT NOT NULL CHECK (direction IN ('outgoing', 'incoming')),
    state TEXT NOT NULL CHECK (state IN ('scheduled', 'sending', 'sent', 'cancelled', 'failed', 'recorded')),
    author_id BLOB NOT NULL,
    sender_id BLOB NOT NULL REFERENCES users (id),
    template_id BLOB REFERENCES message_templates (id),
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    recipient TEXT,
    time_zone TEXT,
    time_zone_of TEXT CHECK (time_zone_of IN ('candidate', 'office', 'organization')),
    send_at INTEGER,
    sent_at INTEGER,
    stage_id BLOB REFERENCES stages (id),
    interview_id BLOB REFERENCES interviews (id),
    interview_sequence INTEGER,
    ended_because TEXT,
    ended_detail TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

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

-- The life of a job post.
CREATE TABLE job_post_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO job_post_states (name) VALUES ('draft'), ('published'), ('unpublished');

-- What people who look for work read of a job, in one language. Everybody reads it while it is published and its job is open
-- and not confidential.
CREATE TABLE job_posts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    job_id BLOB NOT NULL REFERENCES jobs (id),
    state TEXT NOT NULL REFERENCES job_post_states (name),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    workplace TEXT NOT NULL CHECK (workplace IN ('onsite', 'remote')),
    office_id BLOB REFERENCES offices (id),
    countries TEXT NOT NULL CHECK (json_valid(countries)),
    time_zones TEXT CHECK (json_valid(time_zones)),
    pay_minimum INTEGER,
    pay_maximum INTEGER,
    pay_currency TEXT,
    pay_period TEXT CHECK (pay_period IN ('year', 'month', 'day', 'hour')),
    questions TEXT NOT NULL CHECK (json_valid(questions)),
    consent_text TEXT NOT NULL,
    consent_version INTEGER NOT NULL,
    published_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((workplace = 'onsite') = (office_id IS NOT NULL)),
    CHECK ((pay_minimum IS NULL) = (pay_currency IS NULL)),
    CHECK ((pay_maximum IS NULL) = (pay_currency IS NULL)),
    CHECK ((pay_period IS NULL) = (pay_currency IS NULL)),
    CHECK (pay_minimum <= pay_maximum)
) STRICT;

-- The posts of a job.
CREATE INDEX job_posts_by_job ON job_posts (job_id, id);

-- What everybody reads, newest first.
CREATE INDEX job_posts_published ON job_posts (id) WHERE state = 'published';

-- What somebody agreed to when they applied to a post, as it was shown to them. Rows are never changed.
CREATE TABLE application_consents (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    job_post_id BLOB NOT NULL REFERENCES job_posts (id),
    text TEXT NOT NULL,
    text_version INTEGER NOT NULL,
    given_at INTEGER NOT NULL
) STRICT;

-- An application comes by one post.
CREATE UNIQUE INDEX application_consents_once ON application_consents (application_id);

-- What came by a post.
CREATE INDEX application_consents_by_post ON application_consents (job_post_id);

-- What somebody answered to a question of a post, beside the question as it was asked.
CREATE TABLE application_answers (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('short_text', 'long_text', 'yes_no', 'single_choice', 'number', 'url')),
    question TEXT NOT NULL,
    answer TEXT CHECK (json_valid(answer))
) STRICT;

-- Answers stand in the order of the questions.
CREATE UNIQUE INDEX application_answers_in_order ON application_answers (application_id, position);

-- The life of a job post.
CREATE TABLE job_post_states (name text NOT NULL PRIMARY KEY);
INSERT INTO job_post_states (name) VALUES ('draft'), ('published'), ('unpublished');

-- What people who look for work read of a job, in one language. Everybody reads it while it is published and its job is open
-- and not confidential.
CREATE TABLE job_posts (
    id uuid NOT NULL PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs (id),
    state text NOT NULL REFERENCES job_post_states (name),
    title text NOT NULL,
    text text NOT NULL,
    language text NOT NULL,
    workplace text NOT NULL CHECK (workplace IN ('onsite', 'remote')),
    office_id uuid REFERENCES offices (id),
    countries jsonb NOT NULL,
    time_zones jsonb,
    pay_minimum bigint,
    pay_maximum bigint,
    pay_currency text,
    pay_period text CHECK (pay_period IN ('year', 'month', 'day', 'hour')),
    questions jsonb NOT NULL,
    consent_text text NOT NULL,
    consent_version integer NOT NULL,
    published_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((workplace = 'onsite') = (office_id IS NOT NULL)),
    CHECK ((pay_minimum IS NULL) = (pay_currency IS NULL)),
    CHECK ((pay_maximum IS NULL) = (pay_currency IS NULL)),
    CHECK ((pay_period IS NULL) = (pay_currency IS NULL)),
    CHECK (pay_minimum <= pay_maximum)
);

-- The posts of a job.
CREATE INDEX job_posts_by_job ON job_posts (job_id, id);

-- What everybody reads, newest first.
CREATE INDEX job_posts_published ON job_posts (id) WHERE state = 'published';

-- What somebody agreed to when they applied to a post, as it was shown to them. Rows are never changed.
CREATE TABLE application_consents (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    job_post_id uuid NOT NULL REFERENCES job_posts (id),
    text text NOT NULL,
    text_version integer NOT NULL,
    given_at timestamptz NOT NULL
);

-- An application comes by one post.
CREATE UNIQUE INDEX application_consents_once ON application_consents (application_id);

-- What came by a post.
CREATE INDEX application_consents_by_post ON application_consents (job_post_id);

-- What somebody answered to a question of a post, beside the question as it was asked.
CREATE TABLE application_answers (
    id uuid NOT NULL PRIMARY KEY,
    application_id uuid NOT NULL REFERENCES applications (id),
    position integer NOT NULL,
    key text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('short_text', 'long_text', 'yes_no', 'single_choice', 'number', 'url')),
    question text NOT NULL,
    answer jsonb
);

-- Answers stand in the order of the questions.
CREATE UNIQUE INDEX application_answers_in_order ON application_answers (application_id, position);

-- What files hold, each content once; a row goes when nobody refers to it any more.
CREATE TABLE attachment_contents (
    sha256 bytea NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    bytes bytea NOT NULL
);

-- Files about a candidate; those with a scorecard belong to that card alone, and are sealed with it. What was removed has
-- neither name nor content.
CREATE TABLE attachments (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    scorecard_id uuid REFERENCES scorecards (id),
    kind text NOT NULL CHECK (kind IN ('resume', 'cover_letter', 'work_sample', 'other')),
    file_name text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 bytea REFERENCES attachment_contents (sha256),
    uploaded_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    removed_by uuid,
    removed_at timestamptz,
    CHECK ((removed_at IS NULL) = (sha256 IS NOT NULL))
);

-- The files of a candidate, newest first.
CREATE INDEX attachments_by_candidate ON attachments (candidate_id, id) WHERE removed_at IS NULL;

-- The files of a card.
CREATE INDEX attachments_by_scorecard ON attachments (scorecard_id) WHERE removed_at IS NULL;

-- Whether anybody refers to a content.
CREATE INDEX attachments_by_content ON attachments (sha256) WHERE sha256 IS NOT NULL;

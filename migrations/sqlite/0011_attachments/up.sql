-- What files hold, each content once; a row goes when nobody refers to it any more.
CREATE TABLE attachment_contents (
    sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    size_bytes INTEGER NOT NULL CHECK (size_bytes > 0),
    bytes BLOB NOT NULL
) STRICT;

-- Files about a candidate; those with a scorecard belong to that card alone, and are sealed with it. What was removed has
-- neither name nor content.
CREATE TABLE attachments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    scorecard_id BLOB REFERENCES scorecards (id),
    kind TEXT NOT NULL CHECK (kind IN ('resume', 'cover_letter', 'work_sample', 'other')),
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 BLOB REFERENCES attachment_contents (sha256),
    uploaded_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    removed_by BLOB,
    removed_at INTEGER,
    CHECK ((removed_at IS NULL) = (sha256 IS NOT NULL))
) STRICT;

-- The files of a candidate, newest first.
CREATE INDEX attachments_by_candidate ON attachments (candidate_id, id) WHERE removed_at IS NULL;

-- The files of a card.
CREATE INDEX attachments_by_scorecard ON attachments (scorecard_id) WHERE removed_at IS NULL;

-- Whether anybody refers to a content.
CREATE INDEX attachments_by_content ON attachments (sha256) WHERE sha256 IS NOT NULL;

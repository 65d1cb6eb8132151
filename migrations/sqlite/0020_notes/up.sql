-- What somebody wrote about a candidate. The author is a person or a service account; the words of one that was
-- removed are empty.
CREATE TABLE notes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    author_id BLOB NOT NULL,
    visibility TEXT NOT NULL CHECK (visibility IN ('public', 'private')),
    body TEXT NOT NULL,
    removed_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The notes about a candidate, newest first.
CREATE INDEX notes_by_candidate ON notes (candidate_id, id);

-- Somebody whom a note names.
CREATE TABLE note_mentions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    note_id BLOB NOT NULL REFERENCES notes (id),
    user_id BLOB NOT NULL REFERENCES users (id)
) STRICT;

-- A note names somebody once.
CREATE UNIQUE INDEX note_mentions_once ON note_mentions (note_id, user_id);

-- Where somebody is named.
CREATE INDEX note_mentions_by_user ON note_mentions (user_id);

-- What somebody wrote about a candidate. The author is a person or a service account; the words of one that was
-- removed are empty.
CREATE TABLE notes (
    id uuid NOT NULL PRIMARY KEY,
    candidate_id uuid NOT NULL REFERENCES candidates (id),
    author_id uuid NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('public', 'private')),
    body text NOT NULL,
    removed_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The notes about a candidate, newest first.
CREATE INDEX notes_by_candidate ON notes (candidate_id, id);

-- Somebody whom a note names.
CREATE TABLE note_mentions (
    id uuid NOT NULL PRIMARY KEY,
    note_id uuid NOT NULL REFERENCES notes (id),
    user_id uuid NOT NULL REFERENCES users (id)
);

-- A note names somebody once.
CREATE UNIQUE INDEX note_mentions_once ON note_mentions (note_id, user_id);

-- Where somebody is named.
CREATE INDEX note_mentions_by_user ON note_mentions (user_id);

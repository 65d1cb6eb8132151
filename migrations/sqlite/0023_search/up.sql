-- What people are found by: a row for each text of a candidate and each audience, so that what different people may read never
-- shares one. The words themselves stand in the index. The author is that of a note.
CREATE TABLE search_texts (
    seq INTEGER NOT NULL PRIMARY KEY,
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    source TEXT NOT NULL CHECK (source IN ('name', 'contact_points', 'tags', 'public_note', 'private_note', 'resume', 'file')),
    subject_id BLOB NOT NULL,
    author_id BLOB
) STRICT;

-- A text stands there once: by the note, the file, or the candidate.
CREATE UNIQUE INDEX search_texts_once ON search_texts (subject_id, source);

-- What a candidate is found by.
CREATE INDEX search_texts_by_candidate ON search_texts (candidate_id, source);

-- The words of the texts, folded before they come here; the tokenizer parts them at spaces and knows no other rule. Which
-- texts hold a word, and neither where nor how often.
CREATE VIRTUAL TABLE search_index USING fts5 (words, tokenize = 'ascii', prefix = '2 3', detail = none, columnsize = 0);

-- What is taken out of the index is gone from the file at once.
INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1);

-- The words go with their text.
CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN
    DELETE FROM search_index WHERE rowid = old.seq;
END;

-- What a file of a candidate says, read out of it after it came. Its id is that of the file.
CREATE TABLE attachment_texts (
    id BLOB NOT NULL PRIMARY KEY REFERENCES attachments (id),
    candidate_id BLOB NOT NULL REFERENCES candidates (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'extracted', 'empty', 'refused')),
    body TEXT,
    attempts INTEGER NOT NULL,
    run_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((state = 'extracted') = (body IS NOT NULL))
) STRICT;

-- The files that wait to be read.
CREATE INDEX attachment_texts_waiting ON attachment_texts (run_at) WHERE state = 'waiting';

-- The texts of a candidate.
CREATE INDEX attachment_texts_by_candidate ON attachment_texts (candidate_id);

-- The files that came before are read too.
INSERT INTO attachment_texts (id, candidate_id, state, body, attempts, run_at, updated_at)
SELECT id, candidate_id, 'waiting', NULL, 0, created_at, created_at
FROM attachments
WHERE scorecard_id IS NULL AND removed_at IS NULL AND media_type NOT LIKE 'image/%';

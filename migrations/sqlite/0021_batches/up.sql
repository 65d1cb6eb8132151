-- Several applications that somebody changed at once; the actor is a person or a service account.
CREATE TABLE application_batches (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('move', 'rejection')),
    atomic INTEGER NOT NULL CHECK (atomic IN (0, 1)),
    actor_id BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- What became of one application of a batch. It may name one that is not there: the request did.
CREATE TABLE application_batch_items (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    batch_id BLOB NOT NULL REFERENCES application_batches (id),
    position INTEGER NOT NULL,
    application_id BLOB NOT NULL,
    code TEXT,
    detail TEXT
) STRICT;

-- What became of each, in the order of the request.
CREATE UNIQUE INDEX application_batch_items_once ON application_batch_items (batch_id, position);

-- Several applications that somebody changed at once; the actor is a person or a service account.
CREATE TABLE application_batches (
    id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('move', 'rejection')),
    atomic boolean NOT NULL,
    actor_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);

-- What became of one application of a batch. It may name one that is not there: the request did.
CREATE TABLE application_batch_items (
    id uuid NOT NULL PRIMARY KEY,
    batch_id uuid NOT NULL REFERENCES application_batches (id),
    position integer NOT NULL,
    application_id uuid NOT NULL,
    code text,
    detail text
);

-- What became of each, in the order of the request.
CREATE UNIQUE INDEX application_batch_items_once ON application_batch_items (batch_id, position);

-- What happened, once per change, written in the transaction of the change. Payloads hold ids, codes, numbers and names of changed fields only.
CREATE TABLE events (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('live', 'import', 'seed', 'system')),
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    on_behalf_of BLOB,
    session_id BLOB,
    request_id TEXT,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    job_id BLOB,
    candidate_id BLOB,
    application_id BLOB,
    audience TEXT NOT NULL CHECK (audience IN ('team', 'sealed', 'compensation', 'private_note', 'administration')),
    payload TEXT NOT NULL CHECK (json_valid(payload))
) STRICT;

-- The timeline of one application.
CREATE INDEX events_by_application ON events (application_id, id);

-- The history of one thing.
CREATE INDEX events_by_subject ON events (subject_id, id);

-- What one person or program did.
CREATE INDEX events_by_actor ON events (actor_id, id) WHERE actor_id IS NOT NULL;

-- Everything of one kind.
CREATE INDEX events_by_kind ON events (kind, id);

-- Everything about one job.
CREATE INDEX events_by_job ON events (job_id, id) WHERE job_id IS NOT NULL;

-- Everything about one candidate.
CREATE INDEX events_by_candidate ON events (candidate_id, id) WHERE candidate_id IS NOT NULL;

-- What one session did.
CREATE INDEX events_by_session ON events (session_id, id) WHERE session_id IS NOT NULL;

-- What one request did.
CREATE INDEX events_by_request ON events (request_id, id) WHERE request_id IS NOT NULL;

-- Events that no position has been given to yet; the sealer empties it.
CREATE TABLE event_tail (
    event_id BLOB NOT NULL PRIMARY KEY REFERENCES events (id) CHECK (length(event_id) = 16)
) STRICT;

-- Gapless positions in commit order, chained by SHA-256.
CREATE TABLE event_log (
    position INTEGER NOT NULL PRIMARY KEY,
    event_id BLOB NOT NULL REFERENCES events (id),
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- An event is sealed once.
CREATE UNIQUE INDEX event_log_by_event ON event_log (event_id);

-- History is append-only: nobody rewrites what happened.
CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;
CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'events is append-only'); END;
CREATE TRIGGER event_log_refuse_update BEFORE UPDATE ON event_log
BEGIN SELECT RAISE(ABORT, 'event_log is append-only'); END;
CREATE TRIGGER event_log_refuse_delete BEFORE DELETE ON event_log
BEGIN SELECT RAISE(ABORT, 'event_log is append-only'); END;

-- The life of a delivery.
CREATE TABLE delivery_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO delivery_states (name) VALUES ('pending'), ('collected'), ('sent'), ('dropped'), ('dead');

-- Something owed to the outside: one mail to one person, a user or a candidate. run_at is also the lease.
CREATE TABLE deliveries (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    event_id BLOB NOT NULL REFERENCES events (id),
    channel TEXT NOT NULL CHECK (channel IN ('mail')),
    kind TEXT NOT NULL,
    recipient_id BLOB,
    candidate_id BLOB,
    dedupe_key TEXT NOT NULL,
    state TEXT NOT NULL REFERENCES delivery_states (name),
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    sent_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((recipient_id IS NULL) <> (candidate_id IS NULL))
) STRICT;

-- The same thing is owed once.
CREATE UNIQUE INDEX deliveries_by_dedupe_key ON deliveries (dedupe_key);

-- Claiming due work.
CREATE INDEX deliveries_due ON deliveries (run_at)
    WHERE state = 'pending';

-- What somebody was told lately.
CREATE INDEX deliveries_by_recipient ON deliveries (recipient_id, sent_at);

-- What waits for somebody's digest.
CREATE INDEX deliveries_collected ON deliveries (recipient_id, id)
    WHERE state = 'collected';

-- The list of dead letters.
CREATE INDEX deliveries_by_state ON deliveries (state, id);

-- When to look at something: one row per kind and subject, set anew by whatever it wakes.
CREATE TABLE timers (
    kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    run_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    PRIMARY KEY (kind, subject_id)
) STRICT;

-- What is due.
CREATE INDEX timers_due ON timers (run_at);

-- One effect per key: written with the effect, successes only.
CREATE TABLE idempotency_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    principal_id BLOB NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- One row per key of a principal on a route.
CREATE UNIQUE INDEX idempotency_keys_once ON idempotency_keys (principal_id, method, route, key);

-- Sweeping.
CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);

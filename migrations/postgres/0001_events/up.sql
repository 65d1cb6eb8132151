-- What happened, once per change, written in the transaction of the change. Payloads hold ids, codes, numbers and names of changed fields only.
CREATE TABLE events (
    id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    schema_version integer NOT NULL,
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    origin text NOT NULL CHECK (origin IN ('live', 'import', 'seed', 'system')),
    actor_kind text NOT NULL,
    actor_id uuid,
    on_behalf_of uuid,
    session_id uuid,
    request_id text,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    job_id uuid,
    candidate_id uuid,
    application_id uuid,
    audience text NOT NULL CHECK (audience IN ('team', 'sealed', 'compensation', 'private_note', 'administration')),
    payload jsonb NOT NULL
);

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
    event_id uuid NOT NULL PRIMARY KEY REFERENCES events (id)
);

-- Gapless positions in commit order, chained by SHA-256.
CREATE TABLE event_log (
    position bigint NOT NULL PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES events (id),
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL
);

-- An event is sealed once.
CREATE UNIQUE INDEX event_log_by_event ON event_log (event_id);

-- History is append-only: nobody rewrites what happened.
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER events_refuse_update BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER event_log_refuse_update BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- The life of a delivery.
CREATE TABLE delivery_states (name text NOT NULL PRIMARY KEY);
INSERT INTO delivery_states (name) VALUES ('pending'), ('collected'), ('sent'), ('dropped'), ('dead');

-- Something owed to the outside: one mail to one person, a user or a candidate. run_at is also the lease.
CREATE TABLE deliveries (
    id uuid NOT NULL PRIMARY KEY,
    event_id uuid NOT NULL REFERENCES events (id),
    channel text NOT NULL CHECK (channel IN ('mail')),
    kind text NOT NULL,
    recipient_id uuid,
    candidate_id uuid,
    dedupe_key text NOT NULL,
    state text NOT NULL REFERENCES delivery_states (name),
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    last_error text,
    sent_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((recipient_id IS NULL) <> (candidate_id IS NULL))
);

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
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL,
    last_error text,
    PRIMARY KEY (kind, subject_id)
);

-- What is due.
CREATE INDEX timers_due ON timers (run_at);

-- One effect per key: written with the effect, successes only.
CREATE TABLE idempotency_keys (
    id uuid NOT NULL PRIMARY KEY,
    principal_id uuid NOT NULL,
    method text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    location text,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

-- One row per key of a principal on a route.
CREATE UNIQUE INDEX idempotency_keys_once ON idempotency_keys (principal_id, method, route, key);

-- Sweeping.
CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);

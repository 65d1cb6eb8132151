ALTER TABLE deliveries RENAME TO deliveries_before;

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
INSERT INTO deliveries
    SELECT id, event_id, channel, kind, recipient_id, candidate_id, dedupe_key, state, run_at, attempts, last_error, sent_at, created_at, updated_at
    FROM deliveries_before
    WHERE channel = 'mail';
DROP TABLE deliveries_before;

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

ALTER TABLE notification_preferences DROP COLUMN chats;
DROP TABLE chat_addresses;

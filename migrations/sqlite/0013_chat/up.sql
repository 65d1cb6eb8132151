-- Where somebody is told in a chat that there is something to do. The address is sealed; host and ending are what is shown of it. Nothing is sent to one that failed.
CREATE TABLE chat_addresses (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    url BLOB NOT NULL,
    host TEXT NOT NULL,
    ending TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('slack', 'generic')),
    failure TEXT CHECK (failure IN ('gone', 'refused_address', 'undeliverable')),
    failed_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((failure IS NULL) = (failed_at IS NULL))
) STRICT;

-- A person has one.
CREATE UNIQUE INDEX chat_addresses_by_user ON chat_addresses (user_id);

-- Which notices come in a chat, only those chosen.
ALTER TABLE notification_preferences ADD COLUMN chats TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(chats));

ALTER TABLE deliveries RENAME TO deliveries_before;

-- Something owed to the outside: one mail or notice to one person, a user or a candidate. run_at is also the lease.
CREATE TABLE deliveries (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    event_id BLOB NOT NULL REFERENCES events (id),
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'chat')),
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
    FROM deliveries_before;
DROP TABLE deliveries_before;

-- The same thing is owed once.
CREATE UNIQUE INDEX deliveries_by_dedupe_key ON deliveries (dedupe_key);

-- Claiming due work.
CREATE INDEX deliveries_due ON deliveries (channel, run_at)
    WHERE state = 'pending';

-- What somebody was told lately.
CREATE INDEX deliveries_by_recipient ON deliveries (recipient_id, sent_at);

-- What waits for somebody's digest.
CREATE INDEX deliveries_collected ON deliveries (recipient_id, id)
    WHERE state = 'collected';

-- The list of dead letters.
CREATE INDEX deliveries_by_state ON deliveries (state, id);

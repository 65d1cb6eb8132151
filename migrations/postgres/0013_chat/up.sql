-- Where somebody is told in a chat that there is something to do. The address is sealed; host and ending are what is shown of it. Nothing is sent to one that failed.
CREATE TABLE chat_addresses (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    url bytea NOT NULL,
    host text NOT NULL,
    ending text NOT NULL,
    format text NOT NULL CHECK (format IN ('slack', 'generic')),
    failure text CHECK (failure IN ('gone', 'refused_address', 'undeliverable')),
    failed_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((failure IS NULL) = (failed_at IS NULL))
);

-- A person has one.
CREATE UNIQUE INDEX chat_addresses_by_user ON chat_addresses (user_id);

-- Which notices come in a chat, only those chosen.
ALTER TABLE notification_preferences ADD COLUMN chats jsonb NOT NULL DEFAULT '{}';

-- Something owed to the outside: one mail or notice to one person, a user or a candidate. run_at is also the lease.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_channel_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_channel_check CHECK (channel IN ('mail', 'chat'));

-- Claiming due work.
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (channel, run_at)
    WHERE state = 'pending';

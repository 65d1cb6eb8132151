DELETE FROM deliveries WHERE channel = 'chat';
ALTER TABLE deliveries DROP CONSTRAINT deliveries_channel_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_channel_check CHECK (channel IN ('mail'));
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (run_at)
    WHERE state = 'pending';
ALTER TABLE notification_preferences DROP COLUMN chats;
DROP TABLE chat_addresses;

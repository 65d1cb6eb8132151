-- Whether a person's manager is told that a scorecard of theirs is late by a working day.
ALTER TABLE notification_preferences ADD COLUMN late_to_manager INTEGER NOT NULL DEFAULT 0 CHECK (late_to_manager IN (0, 1));

-- Whether a person's manager is told that a scorecard of theirs is late by a working day.
ALTER TABLE notification_preferences ADD COLUMN late_to_manager BOOLEAN NOT NULL DEFAULT FALSE;

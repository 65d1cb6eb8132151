ALTER TABLE notification_preferences DROP COLUMN late_to_manager;

DROP TABLE candidate_messages;
DROP TABLE message_templates;

DROP TABLE note_mentions;
DROP TABLE notes;

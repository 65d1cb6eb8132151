DROP TABLE agreements;
DROP TABLE proposals;
DROP TABLE debrief_agreers;
ALTER TABLE findings DROP COLUMN asked_in;
ALTER TABLE findings DROP COLUMN reveal;
ALTER TABLE debriefs DROP COLUMN discussing_at;
ALTER TABLE debriefs DROP COLUMN reveals;

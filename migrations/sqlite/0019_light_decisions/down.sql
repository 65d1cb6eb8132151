DROP TABLE light_decisions;
ALTER TABLE debriefs DROP COLUMN way;

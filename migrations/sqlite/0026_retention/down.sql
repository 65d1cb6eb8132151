DROP INDEX capabilities_by_subject_id;
DROP INDEX deliveries_by_candidate;
DROP TABLE retention_dues;
DROP TABLE retention_runs;
DROP TABLE retention_policies;
DROP TABLE retention_holds;
DROP TABLE anonymizations;
ALTER TABLE candidates DROP COLUMN anonymized_at;

-- A column of a board: its active applications are counted and read in the order in which they entered the stage, a page at
-- a time, whatever else the job and the organization hold.
CREATE INDEX applications_on_board ON applications (stage_id, status, stage_entered_at, id);

-- A desk, by the jobs of its person's teams: the applications that stand in their stage longest, without those that ended.
CREATE INDEX applications_waiting ON applications (job_id, status, stage_entered_at, id);

-- A desk, by what its person looks after.
CREATE INDEX applications_by_owner ON applications (owner_id, status, stage_entered_at, id) WHERE owner_id IS NOT NULL;

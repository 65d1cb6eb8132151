-- More that somebody wants to know about an attribute while a debrief is before its decider, and the interview that was added
-- to its loop to find it out. Rows are never changed.
CREATE TABLE signal_requests (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    attribute_id BLOB NOT NULL REFERENCES attributes (id),
    interview_id BLOB NOT NULL REFERENCES interviews (id),
    reason TEXT NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    occurred_at INTEGER NOT NULL
) STRICT;

-- More is asked for once in a round.
CREATE UNIQUE INDEX signal_requests_once ON signal_requests (debrief_id);

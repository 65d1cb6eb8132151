-- More that somebody wants to know about an attribute while a debrief is before its decider, and the interview that was added
-- to its loop to find it out. Rows are never changed.
CREATE TABLE signal_requests (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    attribute_id uuid NOT NULL REFERENCES attributes (id),
    interview_id uuid NOT NULL REFERENCES interviews (id),
    reason text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    occurred_at timestamptz NOT NULL
);

-- More is asked for once in a round.
CREATE UNIQUE INDEX signal_requests_once ON signal_requests (debrief_id);

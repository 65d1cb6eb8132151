-- How often the cards of a debrief were revealed, and when its discussion began.
ALTER TABLE debriefs ADD COLUMN reveals INTEGER NOT NULL DEFAULT 0;
ALTER TABLE debriefs ADD COLUMN discussing_at INTEGER;
UPDATE debriefs SET discussing_at = revealed_at WHERE discussions > 0;
UPDATE debriefs SET reveals = 1 WHERE revealed_at IS NOT NULL;

-- In which reveal something was found, and in which discussion it is put to those concerned, if it is.
ALTER TABLE findings ADD COLUMN reveal INTEGER NOT NULL DEFAULT 1;
ALTER TABLE findings ADD COLUMN asked_in INTEGER;
UPDATE findings SET asked_in = 1 WHERE severity = 'blocking';

-- Somebody without whose agreement a debrief is not decided, as long as they are named.
CREATE TABLE debrief_agreers (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;

-- Nobody is named twice for a debrief.
CREATE UNIQUE INDEX debrief_agreers_once ON debrief_agreers (debrief_id, user_id) WHERE removed_at IS NULL;

-- The debriefs in which somebody has to agree.
CREATE INDEX debrief_agreers_by_user ON debrief_agreers (user_id, debrief_id) WHERE removed_at IS NULL;

-- What a decider means to decide. It stands until it ends by another one or another discussion; from a refusal too many on it
-- waits for no agreement. Nothing else of it changes.
CREATE TABLE proposals (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('hire', 'no_hire', 'hold')),
    level_id BLOB REFERENCES levels (id),
    reason TEXT NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    occurred_at INTEGER NOT NULL,
    escalated_at INTEGER,
    ended_at INTEGER
) STRICT;

-- One proposal stands in a debrief.
CREATE UNIQUE INDEX proposals_standing ON proposals (debrief_id) WHERE ended_at IS NULL;

-- The proposals of a debrief.
CREATE INDEX proposals_by_debrief ON proposals (debrief_id, id);

-- That somebody agrees to a proposal, or refuses because of a card. Rows are never changed.
CREATE TABLE agreements (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    proposal_id BLOB NOT NULL REFERENCES proposals (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    agrees INTEGER NOT NULL CHECK (agrees IN (0, 1)),
    reason TEXT,
    because_of_id BLOB REFERENCES scorecards (id),
    because_attribute_id BLOB REFERENCES attributes (id),
    occurred_at INTEGER NOT NULL
) STRICT;

-- One answer per person and proposal.
CREATE UNIQUE INDEX agreements_once ON agreements (proposal_id, user_id);

-- The answers in a debrief.
CREATE INDEX agreements_by_debrief ON agreements (debrief_id, id);

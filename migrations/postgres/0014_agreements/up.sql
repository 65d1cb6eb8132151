-- How often the cards of a debrief were revealed, and when its discussion began.
ALTER TABLE debriefs ADD COLUMN reveals integer NOT NULL DEFAULT 0;
ALTER TABLE debriefs ADD COLUMN discussing_at timestamptz;
UPDATE debriefs SET discussing_at = revealed_at WHERE discussions > 0;
UPDATE debriefs SET reveals = 1 WHERE revealed_at IS NOT NULL;

-- In which reveal something was found, and in which discussion it is put to those concerned, if it is.
ALTER TABLE findings ADD COLUMN reveal integer NOT NULL DEFAULT 1;
ALTER TABLE findings ADD COLUMN asked_in integer;
UPDATE findings SET asked_in = 1 WHERE severity = 'blocking';

-- Somebody without whose agreement a debrief is not decided, as long as they are named.
CREATE TABLE debrief_agreers (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    removed_at timestamptz
);

-- Nobody is named twice for a debrief.
CREATE UNIQUE INDEX debrief_agreers_once ON debrief_agreers (debrief_id, user_id) WHERE removed_at IS NULL;

-- The debriefs in which somebody has to agree.
CREATE INDEX debrief_agreers_by_user ON debrief_agreers (user_id, debrief_id) WHERE removed_at IS NULL;

-- What a decider means to decide. It stands until it ends by another one or another discussion; from a refusal too many on it
-- waits for no agreement. Nothing else of it changes.
CREATE TABLE proposals (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    outcome text NOT NULL CHECK (outcome IN ('hire', 'no_hire', 'hold')),
    level_id uuid REFERENCES levels (id),
    reason text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    occurred_at timestamptz NOT NULL,
    escalated_at timestamptz,
    ended_at timestamptz
);

-- One proposal stands in a debrief.
CREATE UNIQUE INDEX proposals_standing ON proposals (debrief_id) WHERE ended_at IS NULL;

-- The proposals of a debrief.
CREATE INDEX proposals_by_debrief ON proposals (debrief_id, id);

-- That somebody agrees to a proposal, or refuses because of a card. Rows are never changed.
CREATE TABLE agreements (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    proposal_id uuid NOT NULL REFERENCES proposals (id),
    user_id uuid NOT NULL REFERENCES users (id),
    agrees boolean NOT NULL,
    reason text,
    because_of_id uuid REFERENCES scorecards (id),
    because_attribute_id uuid REFERENCES attributes (id),
    occurred_at timestamptz NOT NULL
);

-- One answer per person and proposal.
CREATE UNIQUE INDEX agreements_once ON agreements (proposal_id, user_id);

-- The answers in a debrief.
CREATE INDEX agreements_by_debrief ON agreements (debrief_id, id);

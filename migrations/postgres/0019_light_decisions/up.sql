-- How a debrief is decided: in writing by a panel, or lightly, by one person on one card.
ALTER TABLE debriefs ADD COLUMN way text NOT NULL DEFAULT 'written' CHECK (way IN ('written', 'light'));

-- What the decider of a light stage decided, and why. Rows are never changed.
CREATE TABLE light_decisions (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    outcome text NOT NULL CHECK (outcome IN ('advance', 'decline')),
    reason text NOT NULL,
    decider_id uuid NOT NULL REFERENCES users (id),
    occurred_at timestamptz NOT NULL
);

-- It is decided once.
CREATE UNIQUE INDEX light_decisions_once ON light_decisions (debrief_id);

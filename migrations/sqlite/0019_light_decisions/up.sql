-- How a debrief is decided: in writing by a panel, or lightly, by one person on one card.
ALTER TABLE debriefs ADD COLUMN way TEXT NOT NULL DEFAULT 'written' CHECK (way IN ('written', 'light'));

-- What the decider of a light stage decided, and why. Rows are never changed.
CREATE TABLE light_decisions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('advance', 'decline')),
    reason TEXT NOT NULL,
    decider_id BLOB NOT NULL REFERENCES users (id),
    occurred_at INTEGER NOT NULL
) STRICT;

-- It is decided once.
CREATE UNIQUE INDEX light_decisions_once ON light_decisions (debrief_id);

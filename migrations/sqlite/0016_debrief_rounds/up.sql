-- Another round of a debrief: because of what became known after the decision of the one before, which stays as it is.
CREATE TABLE debrief_rounds (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    debrief_id BLOB NOT NULL REFERENCES debriefs (id),
    previous_id BLOB NOT NULL REFERENCES debriefs (id),
    evidence TEXT NOT NULL CHECK (evidence IN ('reference', 'background_check', 'offer_declined', 'error')),
    reason TEXT NOT NULL,
    user_id BLOB NOT NULL REFERENCES users (id),
    occurred_at INTEGER NOT NULL
) STRICT;

-- A round begins once.
CREATE UNIQUE INDEX debrief_rounds_once ON debrief_rounds (debrief_id);

-- One round follows another.
CREATE UNIQUE INDEX debrief_rounds_by_previous ON debrief_rounds (previous_id);

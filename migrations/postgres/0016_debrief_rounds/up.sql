-- Another round of a debrief: because of what became known after the decision of the one before, which stays as it is.
CREATE TABLE debrief_rounds (
    id uuid NOT NULL PRIMARY KEY,
    debrief_id uuid NOT NULL REFERENCES debriefs (id),
    previous_id uuid NOT NULL REFERENCES debriefs (id),
    evidence text NOT NULL CHECK (evidence IN ('reference', 'background_check', 'offer_declined', 'error')),
    reason text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    occurred_at timestamptz NOT NULL
);

-- A round begins once.
CREATE UNIQUE INDEX debrief_rounds_once ON debrief_rounds (debrief_id);

-- One round follows another.
CREATE UNIQUE INDEX debrief_rounds_by_previous ON debrief_rounds (previous_id);

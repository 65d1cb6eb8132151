-- The one organization that this deployment serves.
CREATE TABLE organization (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    locale TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Policy as it was; debriefs and approval runs pin the number they started under.
CREATE TABLE settings_versions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    number INTEGER NOT NULL,
    settings TEXT NOT NULL CHECK (json_valid(settings)),
    created_by BLOB,
    created_at INTEGER NOT NULL
) STRICT;

-- Numbers are consecutive.
CREATE UNIQUE INDEX settings_versions_by_number ON settings_versions (number);

-- A tree of departments.
CREATE TABLE departments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    parent_id BLOB REFERENCES departments (id),
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A rung of a track.
CREATE TABLE levels (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    track TEXT NOT NULL,
    rank INTEGER NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- What a level pays in a place, from a day on. Amounts are minor units of the currency.
CREATE TABLE pay_bands (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    level_id BLOB REFERENCES levels (id),
    location TEXT,
    currency TEXT NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('year', 'month', 'day', 'hour')),
    minimum INTEGER NOT NULL,
    midpoint INTEGER NOT NULL,
    maximum INTEGER NOT NULL,
    effective_on TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Why an application ended without a hire.
CREATE TABLE rejection_reasons (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('ours', 'theirs', 'neutral')),
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Where applications come from.
CREATE TABLE sources (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One source per name.
CREATE UNIQUE INDEX sources_by_name ON sources (name);

-- Custom fields that the organization added to a noun.
CREATE TABLE field_definitions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    noun TEXT NOT NULL,
    key TEXT NOT NULL,
    type TEXT NOT NULL,
    options TEXT CHECK (options IS NULL OR json_valid(options)),
    audience TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One definition per key of a noun.
CREATE UNIQUE INDEX field_definitions_by_key ON field_definitions (noun, key);

-- What another system calls a thing here.
CREATE TABLE external_refs (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    system TEXT NOT NULL,
    kind TEXT NOT NULL,
    external_id TEXT NOT NULL,
    noun TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- A second import finds what the first made.
CREATE UNIQUE INDEX external_refs_once ON external_refs (system, kind, external_id);

-- What others call this.
CREATE INDEX external_refs_by_subject ON external_refs (subject_id);

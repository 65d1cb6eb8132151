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
    people_metrics_reason TEXT,
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
    head_id BLOB REFERENCES users (id),
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The departments below one, and the roots.
CREATE INDEX departments_by_parent ON departments (parent_id);

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

-- A track has one rung per rank.
CREATE UNIQUE INDEX levels_in_order ON levels (track, rank) WHERE archived_at IS NULL;

-- Where pay is the same: what administrators call a zone, such as a country or a group of cities.
CREATE TABLE pay_zones (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One zone per name, in upper or lower case.
CREATE UNIQUE INDEX pay_zones_by_name ON pay_zones (name_folded);

-- A place where people work.
CREATE TABLE offices (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    pay_zone_id BLOB REFERENCES pay_zones (id),
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One office per name, in upper or lower case.
CREATE UNIQUE INDEX offices_by_name ON offices (name_folded);

-- What a level pays in a zone, from a day on, to a day if one is set. Amounts are minor units of the currency.
CREATE TABLE pay_bands (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    level_id BLOB REFERENCES levels (id),
    pay_zone_id BLOB REFERENCES pay_zones (id),
    location TEXT,
    currency TEXT NOT NULL,
    period TEXT NOT NULL CHECK (period IN ('year', 'month', 'day', 'hour')),
    minimum INTEGER NOT NULL,
    midpoint INTEGER NOT NULL,
    maximum INTEGER NOT NULL,
    effective_on TEXT NOT NULL,
    ends_on TEXT,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The bands of a level in a zone, and the one in force.
CREATE INDEX pay_bands_by_level ON pay_bands (level_id, pay_zone_id, effective_on);

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
    kind TEXT NOT NULL CHECK (kind IN ('applied', 'sourced', 'referred', 'agency', 'internal', 'other')),
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One source per name.
CREATE UNIQUE INDEX sources_by_name ON sources (name);

-- Words that recruiting puts on candidates.
CREATE TABLE tags (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One tag per name, in upper or lower case.
CREATE UNIQUE INDEX tags_by_name ON tags (name_folded);

-- Custom fields that the organization added to a noun.
CREATE TABLE field_definitions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    noun TEXT NOT NULL CHECK (noun IN ('candidate', 'application', 'job', 'opening')),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('text', 'long_text', 'number', 'boolean', 'date', 'single_select', 'multi_select', 'url', 'user')),
    options TEXT CHECK (options IS NULL OR json_valid(options)),
    audience TEXT NOT NULL CHECK (audience IN ('everyone', 'recruiting', 'compensation')),
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

-- The one organization that this deployment serves.
CREATE TABLE organization (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    locale text NOT NULL,
    time_zone text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Policy as it was; debriefs and approval runs pin the number they started under.
CREATE TABLE settings_versions (
    id uuid NOT NULL PRIMARY KEY,
    number bigint NOT NULL,
    settings jsonb NOT NULL,
    people_metrics_reason text,
    created_by uuid,
    created_at timestamptz NOT NULL
);

-- Numbers are consecutive.
CREATE UNIQUE INDEX settings_versions_by_number ON settings_versions (number);

-- A tree of departments.
CREATE TABLE departments (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    parent_id uuid REFERENCES departments (id),
    head_id uuid REFERENCES users (id),
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The departments below one, and the roots.
CREATE INDEX departments_by_parent ON departments (parent_id);

-- A rung of a track.
CREATE TABLE levels (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    track text NOT NULL,
    rank integer NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- A track has one rung per rank.
CREATE UNIQUE INDEX levels_in_order ON levels (track, rank) WHERE archived_at IS NULL;

-- Where pay is the same: what administrators call a zone, such as a country or a group of cities.
CREATE TABLE pay_zones (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    name_folded text NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One zone per name, in upper or lower case.
CREATE UNIQUE INDEX pay_zones_by_name ON pay_zones (name_folded);

-- A place where people work.
CREATE TABLE offices (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    name_folded text NOT NULL,
    time_zone text NOT NULL,
    country text NOT NULL,
    currency text NOT NULL,
    pay_zone_id uuid REFERENCES pay_zones (id),
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One office per name, in upper or lower case.
CREATE UNIQUE INDEX offices_by_name ON offices (name_folded);

-- What a level pays in a zone, from a day on, to a day if one is set. Amounts are minor units of the currency.
CREATE TABLE pay_bands (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    level_id uuid REFERENCES levels (id),
    pay_zone_id uuid REFERENCES pay_zones (id),
    location text,
    currency text NOT NULL,
    period text NOT NULL CHECK (period IN ('year', 'month', 'day', 'hour')),
    minimum bigint NOT NULL,
    midpoint bigint NOT NULL,
    maximum bigint NOT NULL,
    effective_on date NOT NULL,
    ends_on date,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The bands of a level in a zone, and the one in force.
CREATE INDEX pay_bands_by_level ON pay_bands (level_id, pay_zone_id, effective_on);

-- Why an application ended without a hire.
CREATE TABLE rejection_reasons (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('ours', 'theirs', 'neutral')),
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- Where applications come from.
CREATE TABLE sources (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('applied', 'sourced', 'referred', 'agency', 'internal', 'other')),
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One source per name.
CREATE UNIQUE INDEX sources_by_name ON sources (name);

-- Words that recruiting puts on candidates.
CREATE TABLE tags (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    name_folded text NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One tag per name, in upper or lower case.
CREATE UNIQUE INDEX tags_by_name ON tags (name_folded);

-- Custom fields that the organization added to a noun.
CREATE TABLE field_definitions (
    id uuid NOT NULL PRIMARY KEY,
    noun text NOT NULL CHECK (noun IN ('candidate', 'application', 'job', 'opening')),
    key text NOT NULL,
    name text NOT NULL,
    type text NOT NULL CHECK (type IN ('text', 'long_text', 'number', 'boolean', 'date', 'single_select', 'multi_select', 'url', 'user')),
    options jsonb,
    audience text NOT NULL CHECK (audience IN ('everyone', 'recruiting', 'compensation')),
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One definition per key of a noun.
CREATE UNIQUE INDEX field_definitions_by_key ON field_definitions (noun, key);

-- What another system calls a thing here.
CREATE TABLE external_refs (
    id uuid NOT NULL PRIMARY KEY,
    system text NOT NULL,
    kind text NOT NULL,
    external_id text NOT NULL,
    noun text NOT NULL,
    subject_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);

-- A second import finds what the first made.
CREATE UNIQUE INDEX external_refs_once ON external_refs (system, kind, external_id);

-- What others call this.
CREATE INDEX external_refs_by_subject ON external_refs (subject_id);

-- The life of a user.
CREATE TABLE user_states (name text NOT NULL PRIMARY KEY);
INSERT INTO user_states (name) VALUES ('active'), ('deactivated'), ('invited');

-- A firm whose recruiters bring candidates in.
CREATE TABLE agencies (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- One agency per name.
CREATE UNIQUE INDEX agencies_by_name ON agencies (name);

-- Days on which people of a country or of a part of it do not work. archived_at takes it out of use.
CREATE TABLE holiday_calendars (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    region text NOT NULL,
    source text NOT NULL CHECK (source IN ('ics', 'built_in')),
    archived_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- A day of a calendar of holidays.
CREATE TABLE holidays (
    id uuid NOT NULL PRIMARY KEY,
    holiday_calendar_id uuid NOT NULL REFERENCES holiday_calendars (id),
    holiday_on date NOT NULL,
    name text NOT NULL
);

-- A day stands once in a calendar.
CREATE UNIQUE INDEX holidays_once ON holidays (holiday_calendar_id, holiday_on);

-- People who sign in, and placeholders for people an import only names.
CREATE TABLE users (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    email_folded text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'recruiter', 'coordinator', 'member', 'external')),
    state text NOT NULL REFERENCES user_states (name),
    time_zone text NOT NULL,
    locale text NOT NULL,
    agency_id uuid REFERENCES agencies (id),
    password_hash text,
    weekly_hours jsonb,
    holiday_calendar_id uuid REFERENCES holiday_calendars (id),
    manager_id uuid REFERENCES users (id),
    interviews_per_day integer,
    interviews_per_week integer,
    meeting_room_url text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((role = 'external') = (agency_id IS NOT NULL))
);

-- Sign-in; one account per address.
CREATE UNIQUE INDEX users_by_email ON users (email_folded);

-- Colleagues of an agency.
CREATE INDEX users_by_agency ON users (agency_id) WHERE agency_id IS NOT NULL;
-- The people of a manager.
CREATE INDEX users_by_manager ON users (manager_id);

-- Whose days a calendar of holidays tells.
CREATE INDEX users_by_holiday_calendar ON users (holiday_calendar_id);

-- When somebody is away: whole days in the zone that they are in, or from an instant to another. Why is nobody's business.
CREATE TABLE time_off (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    starts_on date,
    ends_on date,
    starts_at timestamptz,
    ends_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((starts_on IS NULL) = (ends_on IS NULL)),
    CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
    CHECK ((starts_on IS NULL) <> (starts_at IS NULL))
);

-- When a person is away.
CREATE INDEX time_off_by_user ON time_off (user_id);

-- A calendar elsewhere by which it is known when somebody is busy. Its address is sealed; host and ending are what is shown of it. run_at is when it is asked next, moved forward as the lease.
CREATE TABLE busy_calendars (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    address bytea NOT NULL,
    host text NOT NULL,
    ending text NOT NULL,
    failure text CHECK (failure IN ('unreachable', 'refused_address', 'redirected', 'not_found', 'server_error', 'too_large', 'too_many_events', 'not_a_calendar')),
    failures integer NOT NULL,
    fetched_at timestamptz,
    read_at timestamptz,
    etag text,
    last_modified text,
    asked_at timestamptz,
    run_at timestamptz NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- A person has one.
CREATE UNIQUE INDEX busy_calendars_by_user ON busy_calendars (user_id);

-- What is asked next.
CREATE INDEX busy_calendars_due ON busy_calendars (run_at);

-- When somebody is busy, by that calendar; with what is not known. In order and apart.
CREATE TABLE busy_intervals (
    user_id uuid NOT NULL REFERENCES users (id),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, starts_at)
);

-- A device that signed in.
CREATE TABLE sessions (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    method text NOT NULL CHECK (method IN ('cli', 'demo', 'link', 'oidc', 'password')),
    user_agent text,
    address text,
    network text
);

-- A person's sessions.
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Hashed; each is used once, and gives its successor again for a short while. One that comes
-- later revokes its session.
CREATE TABLE refresh_tokens (
    id uuid NOT NULL PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id),
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    successor_id uuid
);

-- Renewal.
CREATE UNIQUE INDEX refresh_tokens_by_hash ON refresh_tokens (token_hash);

-- Revoking a family.
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Keys that sign access tokens; the public halves are published as JWKS.
CREATE TABLE signing_keys (
    id uuid NOT NULL PRIMARY KEY,
    algorithm text NOT NULL,
    private_key bytea NOT NULL,
    public_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL
);

-- Keys that only the service knows: what it derives links and refresh tokens from.
CREATE TABLE server_secrets (
    name text NOT NULL PRIMARY KEY,
    value bytea NOT NULL,
    created_at timestamptz NOT NULL
);

-- Links that act: one object, few actions, expiring, revocable; tokens are stored hashed.
CREATE TABLE capabilities (
    id uuid NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    token_hash bytea NOT NULL,
    subject_kind text,
    subject_id uuid,
    user_id uuid,
    browser_hash bytea,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    used_at timestamptz,
    created_at timestamptz NOT NULL
);

-- Opening a link.
CREATE UNIQUE INDEX capabilities_by_hash ON capabilities (token_hash);

-- A person's links that still work.
CREATE INDEX capabilities_by_user ON capabilities (user_id);

-- Somebody asked to join, once in the life of an account.
CREATE TABLE invitations (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    invited_by uuid REFERENCES users (id),
    state text NOT NULL CHECK (state IN ('pending', 'accepted', 'withdrawn')),
    sent_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    closed_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The invitation of a person.
CREATE UNIQUE INDEX invitations_by_user ON invitations (user_id);

-- Addresses for which a new password was asked, until the worker has looked them up: a moment.
CREATE TABLE password_resets (
    id uuid NOT NULL PRIMARY KEY,
    email_folded text NOT NULL,
    created_at timestamptz NOT NULL
);

-- How somebody wants to be told. Whoever never chose has no row. digest_at counts minutes from the beginning of a day on their wall; none for when they begin to work. ways: by mail, only those chosen.
CREATE TABLE notification_preferences (
    user_id uuid NOT NULL PRIMARY KEY REFERENCES users (id),
    digest boolean NOT NULL,
    digest_at integer CHECK (digest_at BETWEEN 0 AND 1439),
    quiet_hours boolean NOT NULL,
    ways jsonb NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

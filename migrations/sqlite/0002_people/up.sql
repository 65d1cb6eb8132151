-- The life of a user.
CREATE TABLE user_states (name TEXT NOT NULL PRIMARY KEY) STRICT;
INSERT INTO user_states (name) VALUES ('active'), ('deactivated'), ('invited');

-- A firm whose recruiters bring candidates in.
CREATE TABLE agencies (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- One agency per name.
CREATE UNIQUE INDEX agencies_by_name ON agencies (name);

-- Days on which people of a country or of a part of it do not work. archived_at takes it out of use.
CREATE TABLE holiday_calendars (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('ics', 'built_in')),
    archived_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A day of a calendar of holidays.
CREATE TABLE holidays (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    holiday_calendar_id BLOB NOT NULL REFERENCES holiday_calendars (id),
    holiday_on TEXT NOT NULL,
    name TEXT NOT NULL
) STRICT;

-- A day stands once in a calendar.
CREATE UNIQUE INDEX holidays_once ON holidays (holiday_calendar_id, holiday_on);

-- People who sign in, and placeholders for people an import only names.
CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_folded TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'recruiter', 'coordinator', 'member', 'external')),
    state TEXT NOT NULL REFERENCES user_states (name),
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    agency_id BLOB REFERENCES agencies (id),
    password_hash TEXT,
    weekly_hours TEXT CHECK (weekly_hours IS NULL OR json_valid(weekly_hours)),
    holiday_calendar_id BLOB REFERENCES holiday_calendars (id),
    manager_id BLOB REFERENCES users (id),
    interviews_per_day INTEGER,
    interviews_per_week INTEGER,
    meeting_room_url TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((role = 'external') = (agency_id IS NOT NULL))
) STRICT;

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
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    starts_on TEXT,
    ends_on TEXT,
    starts_at INTEGER,
    ends_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CHECK ((starts_on IS NULL) = (ends_on IS NULL)),
    CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
    CHECK ((starts_on IS NULL) <> (starts_at IS NULL))
) STRICT;

-- When a person is away.
CREATE INDEX time_off_by_user ON time_off (user_id);

-- A calendar elsewhere by which it is known when somebody is busy. Its address is sealed; host and ending are what is shown of it. run_at is when it is asked next, moved forward as the lease.
CREATE TABLE busy_calendars (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    address BLOB NOT NULL,
    host TEXT NOT NULL,
    ending TEXT NOT NULL,
    failure TEXT CHECK (failure IN ('unreachable', 'refused_address', 'redirected', 'not_found', 'server_error', 'too_large', 'too_many_events', 'not_a_calendar')),
    failures INTEGER NOT NULL,
    fetched_at INTEGER,
    read_at INTEGER,
    etag TEXT,
    last_modified TEXT,
    asked_at INTEGER,
    run_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A person has one.
CREATE UNIQUE INDEX busy_calendars_by_user ON busy_calendars (user_id);

-- What is asked next.
CREATE INDEX busy_calendars_due ON busy_calendars (run_at);

-- When somebody is busy, by that calendar; with what is not known. In order and apart.
CREATE TABLE busy_intervals (
    user_id BLOB NOT NULL REFERENCES users (id),
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, starts_at)
) STRICT;

-- A device that signed in.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    method TEXT NOT NULL CHECK (method IN ('cli', 'demo', 'link', 'oidc', 'password')),
    user_agent TEXT,
    address TEXT,
    network TEXT
) STRICT;

-- A person's sessions.
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Hashed; each is used once, and gives its successor again for a short while. One that comes
-- later revokes its session.
CREATE TABLE refresh_tokens (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    session_id BLOB NOT NULL REFERENCES sessions (id),
    token_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    successor_id BLOB
) STRICT;

-- Renewal.
CREATE UNIQUE INDEX refresh_tokens_by_hash ON refresh_tokens (token_hash);

-- Revoking a family.
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Keys that sign access tokens; the public halves are published as JWKS.
CREATE TABLE signing_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    algorithm TEXT NOT NULL,
    private_key BLOB NOT NULL,
    public_key BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    signs_from INTEGER NOT NULL
) STRICT;

-- Keys that only the service knows: what it derives links and refresh tokens from.
CREATE TABLE server_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Links that act: one object, few actions, expiring, revocable; tokens are stored hashed.
CREATE TABLE capabilities (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    token_hash BLOB NOT NULL,
    subject_kind TEXT,
    subject_id BLOB,
    user_id BLOB,
    browser_hash BLOB,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    used_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

-- Opening a link.
CREATE UNIQUE INDEX capabilities_by_hash ON capabilities (token_hash);

-- A person's links that still work.
CREATE INDEX capabilities_by_user ON capabilities (user_id);

-- Somebody asked to join, once in the life of an account.
CREATE TABLE invitations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    invited_by BLOB REFERENCES users (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'withdrawn')),
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    closed_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The invitation of a person.
CREATE UNIQUE INDEX invitations_by_user ON invitations (user_id);

-- Addresses for which a new password was asked, until the worker has looked them up: a moment.
CREATE TABLE password_resets (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email_folded TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- How somebody wants to be told. Whoever never chose has no row. digest_at counts minutes from the beginning of a day on their wall; none for when they begin to work. ways: by mail, only those chosen.
CREATE TABLE notification_preferences (
    user_id BLOB NOT NULL PRIMARY KEY REFERENCES users (id),
    digest INTEGER NOT NULL CHECK (digest IN (0, 1)),
    digest_at INTEGER CHECK (digest_at BETWEEN 0 AND 1439),
    quiet_hours INTEGER NOT NULL CHECK (quiet_hours IN (0, 1)),
    ways TEXT NOT NULL CHECK (json_valid(ways)),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

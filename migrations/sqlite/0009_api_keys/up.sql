-- Programs. One acts with its owner's reach, never more, narrowed by the key that it presents.
CREATE TABLE service_accounts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    description TEXT,
    owner_id BLOB NOT NULL REFERENCES users (id),
    deactivated_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- A person's service accounts.
CREATE INDEX service_accounts_by_owner ON service_accounts (owner_id);

-- What a service account signs in with. scopes, allowed_addresses and job_ids are lists; without job_ids it reaches what its owner reaches. It works while issued_by owns the account: a new owner issues its secret anew. hint is how the newest secret begins, expires_at when it ends.
CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    service_account_id BLOB NOT NULL REFERENCES service_accounts (id),
    name TEXT NOT NULL,
    issued_by BLOB NOT NULL REFERENCES users (id),
    hint TEXT NOT NULL,
    scopes TEXT NOT NULL,
    allowed_addresses TEXT NOT NULL,
    job_ids TEXT,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_used_at INTEGER,
    last_used_address TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- The keys of a service account.
CREATE INDEX api_keys_by_account ON api_keys (service_account_id);

-- The secrets of a key, hashed; an older one lives as long as its rotation says.
CREATE TABLE api_key_secrets (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    api_key_id BLOB NOT NULL REFERENCES api_keys (id),
    secret_hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Authentication.
CREATE UNIQUE INDEX api_key_secrets_by_hash ON api_key_secrets (secret_hash);

-- Rotation.
CREATE INDEX api_key_secrets_by_key ON api_key_secrets (api_key_id);

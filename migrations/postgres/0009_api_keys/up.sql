-- Programs. One acts with its owner's reach, never more, narrowed by the key that it presents.
CREATE TABLE service_accounts (
    id uuid NOT NULL PRIMARY KEY,
    name text NOT NULL,
    description text,
    owner_id uuid NOT NULL REFERENCES users (id),
    deactivated_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- A person's service accounts.
CREATE INDEX service_accounts_by_owner ON service_accounts (owner_id);

-- What a service account signs in with. scopes, allowed_addresses and job_ids are lists; without job_ids it reaches what its owner reaches. It works while issued_by owns the account: a new owner issues its secret anew. hint is how the newest secret begins, expires_at when it ends.
CREATE TABLE api_keys (
    id uuid NOT NULL PRIMARY KEY,
    service_account_id uuid NOT NULL REFERENCES service_accounts (id),
    name text NOT NULL,
    issued_by uuid NOT NULL REFERENCES users (id),
    hint text NOT NULL,
    scopes jsonb NOT NULL,
    allowed_addresses jsonb NOT NULL,
    job_ids jsonb,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz,
    last_used_address text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- The keys of a service account.
CREATE INDEX api_keys_by_account ON api_keys (service_account_id);

-- The secrets of a key, hashed; an older one lives as long as its rotation says.
CREATE TABLE api_key_secrets (
    id uuid NOT NULL PRIMARY KEY,
    api_key_id uuid NOT NULL REFERENCES api_keys (id),
    secret_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);

-- Authentication.
CREATE UNIQUE INDEX api_key_secrets_by_hash ON api_key_secrets (secret_hash);

-- Rotation.
CREATE INDEX api_key_secrets_by_key ON api_key_secrets (api_key_id);

-- Who a person is at an identity provider: the issuer's subject, never an address.
CREATE TABLE identities (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL
) STRICT;

-- Signing in; a subject is one person.
CREATE UNIQUE INDEX identities_by_subject ON identities (issuer, subject);

-- A person's identities, one at each issuer.
CREATE UNIQUE INDEX identities_by_user ON identities (user_id, issuer);

-- Sign-ins at a provider from which somebody came back, kept until they would be over anyway.
CREATE TABLE used_sign_ins (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    expires_at INTEGER NOT NULL
) STRICT;

-- Sweeping.
CREATE INDEX used_sign_ins_expired ON used_sign_ins (expires_at);

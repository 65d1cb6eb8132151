-- Who a person is at an identity provider: the issuer's subject, never an address.
CREATE TABLE identities (
    id uuid NOT NULL PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    issuer text NOT NULL,
    subject text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL
);

-- Signing in; a subject is one person.
CREATE UNIQUE INDEX identities_by_subject ON identities (issuer, subject);

-- A person's identities, one at each issuer.
CREATE UNIQUE INDEX identities_by_user ON identities (user_id, issuer);

-- Sign-ins at a provider from which somebody came back, kept until they would be over anyway.
CREATE TABLE used_sign_ins (
    id uuid NOT NULL PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- Sweeping.
CREATE INDEX used_sign_ins_expired ON used_sign_ins (expires_at);

-- People. The ledger knows them only by id.
CREATE TABLE users (
    id          uuid PRIMARY KEY,                   -- version 7, made in the application
    name        text NOT NULL,                      -- registered name, shown to payers before they pay
    phone       text NOT NULL,                      -- E.164: the address money is sent to
    email       text,                               -- lower case: another name to sign in by
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT users_phone_unique UNIQUE (phone),
    CONSTRAINT users_email_unique UNIQUE (email),
    CONSTRAINT users_name_length CHECK (char_length(name) BETWEEN 1 AND 80),
    CONSTRAINT users_phone_e164 CHECK (phone ~ '^\+[1-9][0-9]{7,14}$'),
    CONSTRAINT users_email_lower CHECK (email = lower(email))
);

-- Apart from users, so that reading a profile can never read a hash.
CREATE TABLE password_credentials (
    user_id     uuid PRIMARY KEY REFERENCES users (id),
    hash        text NOT NULL,                      -- argon2id in PHC form, with its salt and costs
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT password_credentials_argon2id CHECK (hash LIKE '$argon2id$%')
);

-- A session is known by the SHA-256 of its id: whoever reads this table cannot sign in with it.
CREATE TABLE sessions (
    id_hash     bytea PRIMARY KEY,
    data        jsonb NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(), -- for the absolute limit
    expires_at  timestamptz NOT NULL,
    CONSTRAINT sessions_id_hash_sha256 CHECK (octet_length(id_hash) = 32)
);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

GRANT SELECT, INSERT ON users TO okane_web;
GRANT UPDATE (name, email) ON users TO okane_web;
GRANT SELECT, INSERT, UPDATE ON password_credentials TO okane_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO okane_web;
GRANT SELECT (id, name, created_at) ON users TO okane_auditor;

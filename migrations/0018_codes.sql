-- A number or an address is somebody's once they read there what was sent: a code of six digits, which holds for ten
-- minutes and five tries. Until then nothing of a person exists outside these tables.

-- Whoever wants an account, one at a time for each number: the newest.
CREATE TABLE pending_sign_ups (
    phone       text PRIMARY KEY,               -- E.164: where the code went
    attempt     uuid NOT NULL,                  -- random: by which the browser that asked knows it
    name        text NOT NULL,
    email       text,                           -- lower case: where another code went
    hash        text,                           -- of the password, argon2id in PHC form; or, of whoever comes by a provider,
    issuer      text,                           -- who they are there (migrations/0019)
    subject     text,
    account_email text,                         -- verified there
    code        bytea NOT NULL,                 -- HMAC-SHA256: who reads this table learns no code
    email_code  bytea,                          -- the same of the other one
    tries       bigint NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    CONSTRAINT pending_sign_ups_attempt_unique UNIQUE (attempt),
    CONSTRAINT pending_sign_ups_one_way_in CHECK (num_nonnulls(hash, issuer) = 1 AND num_nonnulls(issuer, subject) <> 1),
    CONSTRAINT pending_sign_ups_hash_argon2id CHECK (hash LIKE '$argon2id$%'),
    CONSTRAINT pending_sign_ups_codes_sha256 CHECK (octet_length(code) = 32 AND octet_length(email_code) = 32),
    CONSTRAINT pending_sign_ups_email_code CHECK ((email IS NULL) = (email_code IS NULL)),
    CONSTRAINT pending_sign_ups_tries CHECK (tries BETWEEN 0 AND 5)
);
CREATE INDEX pending_sign_ups_expires_at ON pending_sign_ups (expires_at);

-- Whoever wants another password without the one they had, one at a time for each number or address. Also for those
-- that nobody has: what is done must not tell.
CREATE TABLE password_resets (
    address     text PRIMARY KEY,               -- E.164, or an e-mail address in lower case
    attempt     uuid NOT NULL,
    person      uuid REFERENCES users (id),     -- NULL: nobody's, and no code went anywhere
    code        bytea NOT NULL,
    tries       bigint NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    CONSTRAINT password_resets_attempt_unique UNIQUE (attempt),
    CONSTRAINT password_resets_code_sha256 CHECK (octet_length(code) = 32),
    CONSTRAINT password_resets_tries CHECK (tries BETWEEN 0 AND 5)
);
CREATE INDEX password_resets_expires_at ON password_resets (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON pending_sign_ups, password_resets TO okane_web;

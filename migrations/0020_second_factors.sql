-- A second step of signing in: codes that an app makes of a secret and the time (RFC 6238), and recovery codes for whoever
-- has lost the app.

-- Whoever has one.
CREATE TABLE second_factors (
    person      uuid PRIMARY KEY REFERENCES users (id),
    secret      bytea NOT NULL,     -- of the app, sealed (AES-256-GCM): nonce, 20 bytes, tag
    sealed_by   bytea NOT NULL,     -- the name of the key that sealed it, which is made of SESSION_SECRET and stands nowhere here
    last_step   bigint NOT NULL,    -- half minutes since 1970: of the last code that was taken. An earlier one is taken no more
    salt        bytea NOT NULL,     -- of the recovery codes, another with each set of them
    link        uuid NOT NULL DEFAULT gen_random_uuid(), -- another with each turning on: sessions carry it
    since       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT second_factors_secret_sealed CHECK (octet_length(secret) = 48),
    CONSTRAINT second_factors_sealed_by CHECK (octet_length(sealed_by) = 8),
    CONSTRAINT second_factors_salt CHECK (octet_length(salt) = 16),
    CONSTRAINT second_factors_last_step CHECK (last_step > 0)
);

-- A code is taken once, whoever writes.
CREATE FUNCTION only_later_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a code of step % was taken before', OLD.last_step
        USING ERRCODE = 'check_violation', CONSTRAINT = 'second_factors_step_rises';
END $$;
CREATE TRIGGER second_factors_step_rises BEFORE UPDATE OF last_step ON second_factors
    FOR EACH ROW WHEN (NEW.last_step <= OLD.last_step) EXECUTE FUNCTION only_later_steps();

-- Those that were not used yet. 80 random bits, hashed as passwords are.
CREATE TABLE recovery_codes (
    person      uuid NOT NULL REFERENCES second_factors (person) ON DELETE CASCADE,
    hash        bytea NOT NULL,     -- Argon2id with the salt of the set
    PRIMARY KEY (person, hash),
    CONSTRAINT recovery_codes_hash CHECK (octet_length(hash) = 32)
);

-- Whoever was shown a secret and has not said a code of it yet, nor the code that went to their number: whoever knows their
-- password alone does not shut them out by an app of their own. It is shown to the session that asked, and to no other.
CREATE TABLE pending_second_factors (
    person      uuid PRIMARY KEY REFERENCES users (id),
    secret      bytea NOT NULL,     -- as above
    sealed_by   bytea NOT NULL,
    session     bytea NOT NULL,     -- the SHA-256 of its id
    attempt     uuid NOT NULL,      -- random: the code is sealed for it
    sent        bytea NOT NULL,     -- the code that went to the number: HMAC-SHA256. Who reads this table learns none
    tries       bigint NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    CONSTRAINT pending_second_factors_secret_sealed CHECK (octet_length(secret) = 48),
    CONSTRAINT pending_second_factors_sealed_by CHECK (octet_length(sealed_by) = 8),
    CONSTRAINT pending_second_factors_sent_sha256 CHECK (octet_length(sent) = 32),
    CONSTRAINT pending_second_factors_tries CHECK (tries BETWEEN 0 AND 5),
    CONSTRAINT pending_second_factors_session CHECK (octet_length(session) = 32)
);
CREATE INDEX pending_second_factors_expires_at ON pending_second_factors (expires_at);

-- Whoever has taken the first step of signing in. It opens nothing but the second, and that for five tries.
CREATE TABLE pending_sign_ins (
    attempt     uuid PRIMARY KEY,   -- random: stands in the session of the browser that took it
    person      uuid NOT NULL REFERENCES users (id),
    ways_in     bytea NOT NULL,     -- the person's session hash of then: with a change of their ways in it is over
    tries       bigint NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    CONSTRAINT pending_sign_ins_ways_in CHECK (octet_length(ways_in) = 32),
    CONSTRAINT pending_sign_ins_tries CHECK (tries BETWEEN 0 AND 5)
);
CREATE INDEX pending_sign_ins_expires_at ON pending_sign_ins (expires_at);

-- What every session carries (migrations/0019) changes with the second step too: a session that is begun by the password
-- alone at the moment in which the second step is turned on is none.
CREATE OR REPLACE VIEW session_hashes AS
    SELECT u.id AS user_id,
           CASE WHEN f.link IS NULL THEN w.hash
                ELSE sha256(convert_to(concat_ws(E'\n', encode(w.hash, 'hex'), f.link::text), 'UTF8')) END AS hash
    FROM users u
    LEFT JOIN LATERAL (
        SELECT coalesce(c.known_by, sha256(convert_to(c.hash, 'UTF8'))) AS hash
        FROM password_credentials c WHERE c.user_id = u.id
    ) AS p ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(link::text, E'\n' ORDER BY link) AS links FROM openid_identities WHERE user_id = u.id
    ) AS o ON true
    CROSS JOIN LATERAL (
        SELECT CASE WHEN o.links IS NULL THEN p.hash
                    ELSE sha256(convert_to(concat_ws(E'\n', encode(p.hash, 'hex'), o.links), 'UTF8')) END AS hash
    ) AS w
    LEFT JOIN second_factors f ON f.person = u.id
    WHERE p.hash IS NOT NULL OR o.links IS NOT NULL;

GRANT SELECT, DELETE, INSERT (person, secret, sealed_by, last_step, salt), UPDATE (last_step, salt) ON second_factors TO okane_web;
GRANT SELECT, INSERT, DELETE ON recovery_codes TO okane_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON pending_second_factors TO okane_web;
GRANT SELECT, DELETE, INSERT (attempt, person, ways_in), UPDATE (tries) ON pending_sign_ins TO okane_web;

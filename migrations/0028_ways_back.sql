-- The slow way back of whoever has lost both the app and the recovery codes of their second step: after the first step a
-- code read at the number and one at the e-mail address, then days in which everybody concerned is told of it and can end
-- it, then the first step again.

-- Codes that are on their way, for one sign-in.
CREATE TABLE pending_ways_back (
    sign_in     uuid PRIMARY KEY REFERENCES pending_sign_ins (attempt) ON DELETE CASCADE,
    phone_code  bytea NOT NULL,     -- HMAC-SHA256: who reads this table learns no code
    email_code  bytea,              -- the same; NULL: there is no address
    tries       bigint NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    CONSTRAINT pending_ways_back_codes_sha256 CHECK (octet_length(phone_code) = 32 AND octet_length(email_code) = 32),
    CONSTRAINT pending_ways_back_tries CHECK (tries BETWEEN 0 AND 5)
);

-- Who waits. It is over with the second step itself, with a change of a way in, and a week after it could be taken.
CREATE TABLE ways_back (
    person      uuid PRIMARY KEY REFERENCES second_factors (person) ON DELETE CASCADE,
    ways_in     bytea NOT NULL,     -- the person's session hash of then: with a change of their ways in it is over
    asked_at    timestamptz NOT NULL DEFAULT now(),
    until       timestamptz NOT NULL,
    stop_hash   bytea NOT NULL,     -- SHA-256 of the token in the messages: who reads this ends nothing
    CONSTRAINT ways_back_stop_hash_unique UNIQUE (stop_hash),
    CONSTRAINT ways_back_stop_hash_sha256 CHECK (octet_length(stop_hash) = 32),
    CONSTRAINT ways_back_ways_in CHECK (octet_length(ways_in) = 32),
    CONSTRAINT ways_back_takes_days CHECK (until >= asked_at + interval '7 days')
);

-- From when on somebody may ask. Whoever has taken a number can have a new password by it: one that is younger than the
-- second step and than a week does not count as known, so that its owner has a week to get the number back. An address that
-- came within a day, also a first one, says little of whose it is.
CREATE VIEW ways_back_open AS
    SELECT f.person, greatest(
        (SELECT max(until) FROM cooling_addresses c WHERE c.person = f.person),
        (SELECT max(changed_at) + interval '24 hours' FROM address_changes a WHERE a.person = f.person),
        (SELECT p.updated_at + interval '7 days' FROM password_credentials p
         WHERE p.user_id = f.person AND p.updated_at > f.since)
    ) AS from_then
    FROM second_factors f;

-- How long is not the program's to say.
CREATE FUNCTION wait_for_way_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM ways_back_open WHERE person = NEW.person AND from_then > now()) THEN
        RAISE EXCEPTION 'the password, number or address of % was changed lately', NEW.person
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ways_back_cooling';
    END IF;
    NEW.until := NEW.asked_at + interval '7 days';
    RETURN NEW;
END $$;
CREATE TRIGGER ways_back_wait BEFORE INSERT ON ways_back FOR EACH ROW EXECUTE FUNCTION wait_for_way_back();

-- What was read at a number or an address says nothing of another one. Codes first: whoever is just using them up is waited
-- for, and the wait that they began is then seen.
CREATE FUNCTION end_way_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM pending_ways_back b USING pending_sign_ins p WHERE p.attempt = b.sign_in AND p.person = NEW.id;
    DELETE FROM ways_back WHERE person = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER users_end_way_back AFTER UPDATE OF phone, email ON users FOR EACH ROW
    WHEN ((OLD.phone, OLD.email) IS DISTINCT FROM (NEW.phone, NEW.email)) EXECUTE FUNCTION end_way_back();

-- Turns the second step off for whoever has waited and has just taken the first step again, ends all of their sessions,
-- and lets little leave their wallet for a day. Answers with whose it was, or with nothing where it is too early or over.
CREATE FUNCTION take_way_back(by_sign_in uuid) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    whose uuid;
    own bigint;
    newest bigint;
BEGIN
    -- Locked in the order in which a changed address and a second step that is turned off lock them.
    SELECT a.id, a.version INTO own, newest
    FROM pending_sign_ins p JOIN accounts a ON a.owner = p.person
    WHERE p.attempt = by_sign_in FOR NO KEY UPDATE OF a;
    PERFORM FROM second_factors f JOIN pending_sign_ins p ON p.person = f.person
    WHERE p.attempt = by_sign_in FOR UPDATE OF f;
    -- Whoever ends it at the same moment has ended it, or comes too late.
    DELETE FROM ways_back w USING pending_sign_ins p, session_hashes h
    WHERE p.attempt = by_sign_in AND p.tries < 5 AND p.expires_at > now()
      AND h.user_id = p.person AND h.hash = p.ways_in AND w.person = p.person AND w.ways_in = p.ways_in
      AND w.until <= now() AND w.until > now() - interval '7 days'
    RETURNING w.person INTO whose;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    DELETE FROM second_factors WHERE person = whose;
    DELETE FROM pending_sign_ins WHERE person = whose;
    DELETE FROM sessions WHERE person = whose;
    INSERT INTO cooling_offs AS c (account_id, since_version, until) VALUES (own, newest, now() + interval '24 hours')
    ON CONFLICT (account_id) DO UPDATE
        SET since_version = CASE WHEN c.until > clock_timestamp() THEN c.since_version ELSE excluded.since_version END,
            until = excluded.until;
    RETURN whose;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON pending_ways_back TO okane_web;
GRANT SELECT ON ways_back_open TO okane_web;
GRANT SELECT, DELETE, INSERT (person, ways_in, stop_hash) ON ways_back TO okane_web;
REVOKE ALL ON FUNCTION wait_for_way_back(), end_way_back(), take_way_back(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_way_back(uuid) TO okane_web;

SET LOCAL lock_timeout = '3s'; -- who waits for a lock keeps everybody waiting who comes after; run it again

-- Whoever turns a second step off after the wait reads the codes once more: seven days earlier somebody else may have had
-- the number or the mailbox. And a day before the wait ends its person is told again.

-- SHA-256 of the token in that second message, which ends the wait as the first one does; NULL: not told again yet.
ALTER TABLE ways_back ADD COLUMN reminder_hash bytea;
ALTER TABLE ways_back ADD CONSTRAINT ways_back_reminder_hash_sha256 CHECK (octet_length(reminder_hash) = 32) NOT VALID;
GRANT UPDATE (reminder_hash) ON ways_back TO okane_web;

-- Turns the second step off for whoever has waited, has taken the first step again and has read these codes, ends all of
-- their sessions, and lets little leave their wallet for a day. Answers with whose it was, or with nothing where it is too
-- early or over. A server of before, which asks for no codes, turns nothing off.
-- squawk-ignore ban-drop-function
DROP FUNCTION take_way_back(uuid);
CREATE FUNCTION take_way_back(by_sign_in uuid, by_code bytea) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
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
    DELETE FROM pending_ways_back WHERE sign_in = by_sign_in AND phone_code = by_code AND expires_at > now();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
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
REVOKE ALL ON FUNCTION take_way_back(uuid, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_way_back(uuid, bytea) TO okane_web;

-- What every session carries (migrations/0019, 0020) changes with passkeys too: adding or removing one ends all sessions
-- but the one that did it. A passkey is not by itself a way in that is left to somebody: with the device it is lost, and
-- a password or an account at a provider stays.
CREATE OR REPLACE VIEW session_hashes AS
    SELECT u.id AS user_id,
           CASE WHEN f.link IS NULL AND k.ids IS NULL THEN w.hash
                WHEN k.ids IS NULL
                THEN sha256(convert_to(concat_ws(E'\n', encode(w.hash, 'hex'), f.link::text), 'UTF8'))
                ELSE sha256(convert_to(concat_ws(E'\n', encode(w.hash, 'hex'), f.link::text, 'passkeys', k.ids), 'UTF8'))
                END AS hash
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
    LEFT JOIN LATERAL (
        SELECT string_agg(id::text, E'\n' ORDER BY id) AS ids FROM passkeys WHERE user_id = u.id
    ) AS k ON true
    WHERE p.hash IS NOT NULL OR o.links IS NOT NULL;

-- A passkey approves payments as a PIN does: it says no more and no less than that its owner is there.
CREATE OR REPLACE FUNCTION can_approve(person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pins WHERE user_id = person) OR EXISTS (SELECT FROM passkeys WHERE user_id = person);
$$;
CREATE TRIGGER passkeys_forget_approval_limit AFTER DELETE ON passkeys
    FOR EACH ROW EXECUTE FUNCTION forget_approval_limit();

-- Whoever made a change that is undone may have left themselves a way in, or a second step that shuts the owner out. What
-- was added within the day before the change, or since, is taken away with it, whoever undoes it.
CREATE FUNCTION take_added_ways_away() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    added_after timestamptz := NEW.changed_at - interval '24 hours';
BEGIN
    DELETE FROM passkeys k WHERE k.user_id = NEW.person AND k.made_at > added_after;
    DELETE FROM second_factors f WHERE f.person = NEW.person AND f.since > added_after;
    DELETE FROM passkey_ceremonies WHERE user_id = NEW.person;
    DELETE FROM pending_second_factors WHERE person = NEW.person;
    RETURN NULL;
END $$;
CREATE TRIGGER address_changes_take_added_ways_away AFTER UPDATE OF undone_at ON address_changes
    FOR EACH ROW WHEN (OLD.undone_at IS NULL AND NEW.undone_at IS NOT NULL) EXECUTE FUNCTION take_added_ways_away();
REVOKE ALL ON FUNCTION take_added_ways_away() FROM PUBLIC;

-- Whoever takes a number or an address over shall not take the money with it: for a day after a change little leaves.

ALTER TABLE policy ADD COLUMN cooling_most bigint NOT NULL DEFAULT 500000; -- paise that leave while a wallet cools off, together
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE policy ADD CONSTRAINT policy_cooling_most CHECK (cooling_most >= 0); -- of one row

CREATE TABLE cooling_offs (
    account_id    bigint PRIMARY KEY REFERENCES accounts (id),
    since_version bigint NOT NULL,              -- the account's newest entry when it began: what left after it counts
    until         timestamptz NOT NULL
);

-- Begins with every change of a number or an address, whoever writes it, and keeps a second change waiting; but for
-- one that puts back what was there. A first e-mail address takes nothing from anybody.
CREATE FUNCTION cool_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    own bigint;
    newest bigint;
    is_undone boolean;
BEGIN
    SELECT id, version INTO STRICT own, newest FROM accounts WHERE owner = NEW.id FOR NO KEY UPDATE;
    is_undone := EXISTS (SELECT FROM address_changes WHERE person = NEW.id AND undone_at = now());
    IF NOT is_undone AND EXISTS (SELECT FROM cooling_offs WHERE account_id = own AND until > clock_timestamp()) THEN
        RAISE EXCEPTION 'the number or address of % was changed within a day', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'users_cooling_off';
    END IF;
    IF NEW.phone <> OLD.phone OR OLD.email IS NOT NULL AND NEW.email IS DISTINCT FROM OLD.email THEN
        -- What has left counts on where one is added to another.
        INSERT INTO cooling_offs AS c (account_id, since_version, until) VALUES (own, newest, now() + interval '24 hours')
        ON CONFLICT (account_id) DO UPDATE
            SET since_version = CASE WHEN c.until > clock_timestamp() THEN c.since_version ELSE excluded.since_version END,
                until = excluded.until;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER users_cool_off AFTER UPDATE OF phone, email ON users FOR EACH ROW
    WHEN ((OLD.phone, OLD.email) IS DISTINCT FROM (NEW.phone, NEW.email)) EXECUTE FUNCTION cool_off();

REVOKE ALL ON FUNCTION cool_off() FROM PUBLIC;
GRANT SELECT ON cooling_offs TO okane_web, okane_auditor;

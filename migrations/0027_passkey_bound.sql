-- No person has more passkeys than ten, however many sessions of theirs add one at the same time: each counts under a lock
-- of the person's row, which does not stand in the way of the foreign key that points there.
CREATE FUNCTION ten_passkeys_at_most() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM passkey_handles WHERE user_id = NEW.user_id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM passkeys WHERE user_id = NEW.user_id) >= 10 THEN
        RAISE EXCEPTION 'there are ten passkeys of % already', NEW.user_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'passkeys_ten_at_most';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER passkeys_ten_at_most BEFORE INSERT ON passkeys FOR EACH ROW EXECUTE FUNCTION ten_passkeys_at_most();
REVOKE ALL ON FUNCTION ten_passkeys_at_most() FROM PUBLIC;

-- What its owner calls one is theirs to change.
GRANT UPDATE (name) ON passkeys TO okane_web;

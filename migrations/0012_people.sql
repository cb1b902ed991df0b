-- People as they show themselves, and whom each of them keeps. Whatever is read of them says how new it is: the
-- versions rise with every change, by trigger, so that no writer can forget it and no service can set them.

ALTER TABLE users
    ADD COLUMN handle           text,                       -- another address money is sent to: lower case, without its @
    ADD COLUMN profile_version  bigint NOT NULL DEFAULT 0,  -- rises with name, handle, phone, e-mail and picture
    ADD COLUMN contacts_version bigint NOT NULL DEFAULT 0;  -- rises with every change of whom they keep

-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
ALTER TABLE users ADD CONSTRAINT users_handle_unique UNIQUE (handle); -- the column was added above and is empty
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE users ADD CONSTRAINT users_handle_form CHECK (handle ~ '^[a-z0-9_]{3,20}$'); -- the same

-- A handle is chosen once: money that is sent to it must not come to somebody else next week.
CREATE FUNCTION choose_handle_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the handle of % is chosen', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'users_handle_once';
END $$;
CREATE TRIGGER users_handle_once BEFORE UPDATE ON users FOR EACH ROW
    WHEN (OLD.handle IS NOT NULL AND NEW.handle IS DISTINCT FROM OLD.handle) EXECUTE FUNCTION choose_handle_once();

CREATE FUNCTION renew_profile() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.profile_version := OLD.profile_version + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER users_renew_profile BEFORE UPDATE ON users FOR EACH ROW
    WHEN ((OLD.name, OLD.handle, OLD.phone, OLD.email) IS DISTINCT FROM (NEW.name, NEW.handle, NEW.phone, NEW.email))
    EXECUTE FUNCTION renew_profile();

-- Apart from users, so that reading a name never reads a picture.
CREATE TABLE pictures (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    jpeg    bytea NOT NULL,                                             -- made by us: square, small, nothing in it but the picture
    digest  bytea NOT NULL GENERATED ALWAYS AS (sha256(jpeg)) STORED,   -- its name: another picture has another
    CONSTRAINT pictures_are_jpeg CHECK (substr(jpeg, 1, 3) = '\xffd8ff'),
    CONSTRAINT pictures_are_small CHECK (octet_length(jpeg) <= 131072)
);

CREATE FUNCTION renew_pictured() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE users SET profile_version = profile_version + 1 WHERE id = coalesce(NEW.user_id, OLD.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER pictures_renew_profile AFTER INSERT OR UPDATE OR DELETE ON pictures
    FOR EACH ROW EXECUTE FUNCTION renew_pictured();

-- Whom somebody keeps: added by exact number or handle, or starred after they dealt with each other.
CREATE TABLE contacts (
    owner     uuid NOT NULL REFERENCES users (id),
    person    uuid NOT NULL REFERENCES users (id),
    favourite boolean NOT NULL DEFAULT false,
    added_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, person),
    CONSTRAINT contacts_two_people CHECK (owner <> person)
);

CREATE FUNCTION renew_contacts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE users SET contacts_version = contacts_version + 1 WHERE id = coalesce(NEW.owner, OLD.owner);
    RETURN NULL;
END $$;
CREATE TRIGGER contacts_renew AFTER INSERT OR UPDATE OR DELETE ON contacts
    FOR EACH ROW EXECUTE FUNCTION renew_contacts();

-- Everything between two people in one order, whoever paid.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX transfers_between ON transfers
    (least(debit_account, credit_account), greatest(debit_account, credit_account), created_at DESC, id DESC)
    WHERE kind = 'p2p'; -- built in the migration's transaction: payments wait for it once
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX holds_between ON holds (payer_account, payee_account, created_at DESC, id DESC) WHERE status <> 'POSTED'; -- few
-- Whom one paid and who paid one, the latest met first.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX payees_of_payer ON payees (payer_account, first_paid_at DESC) WHERE first_paid_at IS NOT NULL; -- one row a pair
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX payees_to_payee ON payees (payee_account, first_paid_at DESC) WHERE first_paid_at IS NOT NULL; -- the same

GRANT UPDATE (handle) ON users TO okane_web;
GRANT SELECT, DELETE, INSERT (user_id, jpeg), UPDATE (jpeg) ON pictures TO okane_web;
GRANT SELECT, DELETE, INSERT (owner, person, favourite), UPDATE (favourite) ON contacts TO okane_web;

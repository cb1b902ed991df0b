-- Payments above an amount that their payer has chosen are approved one by one: by a PIN, for one payment to one person.

-- A person's PIN. A table of its own: it is read alone, where somebody says it.
CREATE TABLE pins (
    user_id     uuid PRIMARY KEY REFERENCES users (id),
    hash        text NOT NULL,                      -- argon2id in PHC form, of the PIN sealed under a key that is not here
    sealed_by   bytea NOT NULL,                     -- the name of that key: under another one no PIN is right, and this one is void
    failures    bigint NOT NULL DEFAULT 0,          -- wrong in a row; at ten it is void until another one is set
    set_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pins_hash_argon2id CHECK (hash LIKE '$argon2id$%'),
    CONSTRAINT pins_sealed_by CHECK (octet_length(sealed_by) = 8),
    CONSTRAINT pins_failures CHECK (failures BETWEEN 0 AND 10)
);

-- An approval is of one payment, by its key, its payee and its amount, and holds for five minutes. Nothing uses it up: a
-- key pays once, and who pays again under it is told of what it paid.
CREATE TABLE approvals (
    person          uuid NOT NULL REFERENCES users (id),
    idempotency_key text NOT NULL,
    payee           uuid NOT NULL REFERENCES users (id),
    amount          bigint NOT NULL,                -- paise
    method          text NOT NULL,                  -- by what it was approved
    expires_at      timestamptz NOT NULL,
    PRIMARY KEY (person, idempotency_key),
    CONSTRAINT approvals_amount_positive CHECK (amount > 0),
    CONSTRAINT approvals_method_known CHECK (method IN ('pin', 'passkey'))
);
CREATE INDEX approvals_expires_at ON approvals (expires_at);

-- Above which amount a person approves payments. Whoever is not here is never asked.
CREATE TABLE approval_limits (
    account_id  bigint PRIMARY KEY REFERENCES accounts (id),
    above       bigint NOT NULL,                    -- paise; 0: each of them
    CONSTRAINT approval_limits_not_negative CHECK (above >= 0)
);

-- Whether a person has something to approve payments by.
CREATE FUNCTION can_approve(person uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pins WHERE user_id = person);
$$;

-- Notes that a payment was approved, in the place of whatever was approved under its key. How long that holds is said
-- here and by nobody else.
CREATE FUNCTION approve(person uuid, key text, payee uuid, amount bigint, method text) RETURNS timestamptz LANGUAGE sql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO approvals (person, idempotency_key, payee, amount, method, expires_at)
    VALUES ($1, $2, $3, $4, $5, clock_timestamp() + interval '5 minutes')
    ON CONFLICT (person, idempotency_key) DO UPDATE
        SET payee = excluded.payee, amount = excluded.amount, method = excluded.method, expires_at = excluded.expires_at
    RETURNING expires_at;
$$;

-- Above which amount payments are approved from now on; null: none is. To be asked less often takes a proof of who wants
-- that, which is the caller's to have got. Under the account's lock: a payment under way sees it before or after, whole.
CREATE FUNCTION set_approval_limit(person uuid, wanted bigint, is_proven boolean) RETURNS void LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person_id bigint;
    present bigint;
BEGIN
    SELECT id INTO STRICT person_id FROM accounts WHERE owner = person FOR NO KEY UPDATE;
    present := (SELECT above FROM approval_limits WHERE account_id = person_id);
    IF wanted IS NOT NULL AND NOT can_approve(person) THEN
        RAISE EXCEPTION '% has nothing to approve payments by', person
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_limits_by_something';
    ELSIF NOT is_proven AND coalesce(wanted, 9223372036854775807) > present THEN
        RAISE EXCEPTION '% would be asked less often', person
            USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_limits_looser_with_proof';
    ELSIF wanted IS NULL THEN
        DELETE FROM approval_limits WHERE account_id = person_id;
    ELSE
        INSERT INTO approval_limits (account_id, above) VALUES (person_id, wanted)
        ON CONFLICT (account_id) DO UPDATE SET above = excluded.above;
    END IF;
END $$;

-- With the last thing to approve by goes the limit: nobody is asked for what they do not have. Under the account's lock,
-- so that no limit is set meanwhile.
CREATE FUNCTION forget_approval_limit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person_id bigint;
BEGIN
    SELECT id INTO person_id FROM accounts WHERE owner = OLD.user_id FOR NO KEY UPDATE;
    DELETE FROM approval_limits WHERE account_id = person_id AND NOT can_approve(OLD.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER pins_forget_approval_limit AFTER DELETE ON pins FOR EACH ROW EXECUTE FUNCTION forget_approval_limit();

REVOKE ALL ON FUNCTION
    can_approve(uuid), approve(uuid, text, uuid, bigint, text), set_approval_limit(uuid, bigint, boolean),
    forget_approval_limit() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    approve(uuid, text, uuid, bigint, text), set_approval_limit(uuid, bigint, boolean) TO okane_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON pins TO okane_web;
GRANT SELECT, DELETE ON approvals TO okane_web; -- made and made anew by `approve` alone
GRANT SELECT ON approval_limits TO okane_web;

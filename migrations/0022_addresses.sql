-- A number or an address becomes another one once somebody has read a code at both ends, and comes back if whoever had it
-- says within a day that it was not them.

-- Whoever wants to change theirs, one change at a time for each person: the newest.
CREATE TABLE pending_addresses (
    person       uuid PRIMARY KEY REFERENCES users (id),
    attempt      uuid NOT NULL,                 -- random: by which the session that asked knows it
    kind         text NOT NULL,
    from_address text,                          -- where the one code went; NULL: there is none yet, and it went to the number
    to_address   text,                          -- where the other went; NULL: it is to be none
    from_code    bytea NOT NULL,                -- HMAC-SHA256: who reads this table learns no code
    to_code      bytea,
    tries        bigint NOT NULL DEFAULT 0,
    expires_at   timestamptz NOT NULL DEFAULT now() + interval '10 minutes',
    CONSTRAINT pending_addresses_attempt_unique UNIQUE (attempt),
    CONSTRAINT pending_addresses_kind_known CHECK (kind IN ('phone', 'email')),
    CONSTRAINT pending_addresses_changes_something CHECK (from_address IS DISTINCT FROM to_address),
    CONSTRAINT pending_addresses_phone_stays CHECK (kind <> 'phone' OR num_nulls(from_address, to_address) = 0),
    CONSTRAINT pending_addresses_codes_sha256 CHECK (octet_length(from_code) = 32 AND octet_length(to_code) = 32),
    CONSTRAINT pending_addresses_to_code CHECK ((to_address IS NULL) = (to_code IS NULL)),
    CONSTRAINT pending_addresses_tries CHECK (tries BETWEEN 0 AND 5)
);
CREATE INDEX pending_addresses_expires_at ON pending_addresses (expires_at);

-- What was changed in the last day: by whom it can be undone, and what it still keeps from happening.
CREATE TABLE address_changes (
    person       uuid NOT NULL REFERENCES users (id),
    kind         text NOT NULL,
    from_address text,
    to_address   text,
    changed_at   timestamptz NOT NULL DEFAULT now(),
    undo_hash    bytea PRIMARY KEY,             -- SHA-256 of the token that went to where it was: who reads this undoes nothing
    undone_at    timestamptz,
    CONSTRAINT address_changes_kind_known CHECK (kind IN ('phone', 'email')),
    CONSTRAINT address_changes_undo_hash_sha256 CHECK (octet_length(undo_hash) = 32)
);
CREATE INDEX address_changes_of_person ON address_changes (person);
CREATE INDEX address_changes_from ON address_changes (from_address);

-- What keeps a person's next change waiting, and a new number or address from giving anybody another password: a day
-- from a change or its undoing. A first e-mail address takes nothing from anybody and is none of these.
CREATE VIEW cooling_addresses AS
    SELECT person, kind, from_address, to_address, undone_at IS NOT NULL AS is_undone,
           greatest(changed_at, undone_at) + interval '24 hours' AS until
    FROM address_changes
    WHERE (from_address IS NOT NULL OR undone_at IS NOT NULL) AND greatest(changed_at, undone_at) > now() - interval '24 hours';

-- Uses the codes up, puts the one in the place of the other, and ends the person's other sessions. Answers with what was
-- changed, or with nothing where it is over or the person has another one meanwhile. Whether the codes are right is
-- the caller's to have found out; here they say which message it was.
CREATE FUNCTION change_address(by_attempt uuid, by_code bytea, hash bytea, this bytea)
    RETURNS TABLE (kind text, from_address text, to_address text) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    proven pending_addresses;
BEGIN
    DELETE FROM pending_addresses WHERE attempt = by_attempt AND from_code = by_code AND expires_at > now()
    RETURNING * INTO proven;
    UPDATE users u SET phone = CASE proven.kind WHEN 'phone' THEN proven.to_address ELSE u.phone END,
                       email = CASE proven.kind WHEN 'email' THEN proven.to_address ELSE u.email END
    WHERE u.id = proven.person
      AND CASE proven.kind WHEN 'phone' THEN u.phone ELSE u.email END IS NOT DISTINCT FROM proven.from_address;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    INSERT INTO address_changes (person, kind, from_address, to_address, undo_hash)
    VALUES (proven.person, proven.kind, proven.from_address, proven.to_address, hash);
    DELETE FROM sessions WHERE person = proven.person AND id_hash <> this;
    RETURN QUERY SELECT proven.kind, proven.from_address, proven.to_address;
END $$;

-- Puts back what was there a day ago, number and address alike: whoever made one change that was not the owner's may have
-- made the other too, and left themselves a way in. Ends all sessions; answers with whose it was. Once, and within a day:
-- of two at once the second finds it done.
CREATE FUNCTION undo_address_change(hash bytea) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    undone address_changes;
BEGIN
    -- A change that is being made meanwhile is waited for, and undone with it.
    PERFORM FROM users WHERE id = (SELECT person FROM address_changes WHERE undo_hash = hash) FOR NO KEY UPDATE;
    UPDATE address_changes SET undone_at = now()
    WHERE undo_hash = hash AND undone_at IS NULL AND changed_at > now() - interval '24 hours'
    RETURNING * INTO undone;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    UPDATE address_changes SET undone_at = now()
    WHERE person = undone.person AND undone_at IS NULL AND changed_at > now() - interval '24 hours';
    -- Of each kind what was there before the first of them.
    UPDATE users u SET phone = coalesce(p.from_address, u.phone),
                       email = CASE WHEN e.kind IS NULL THEN u.email ELSE e.from_address END
    FROM (SELECT undone.person AS id) AS whose
    LEFT JOIN LATERAL (
        SELECT from_address FROM address_changes
        WHERE person = whose.id AND kind = 'phone' AND undone_at = now() ORDER BY changed_at LIMIT 1
    ) AS p ON true
    LEFT JOIN LATERAL (
        SELECT kind, from_address FROM address_changes
        WHERE person = whose.id AND kind = 'email' AND undone_at = now() ORDER BY changed_at LIMIT 1
    ) AS e ON true
    WHERE u.id = whose.id;
    DELETE FROM pending_addresses WHERE person = undone.person;
    DELETE FROM password_resets WHERE person = undone.person;
    DELETE FROM sessions WHERE person = undone.person;
    RETURN undone.person;
END $$;

-- What somebody had until today is nobody else's yet: they may want it back. After the statement, so that whoever
-- waited for the change to be committed sees it.
CREATE FUNCTION keep_former_address() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kept text;
BEGIN
    SELECT kind INTO kept FROM address_changes
    WHERE from_address IN (NEW.phone, NEW.email) AND person <> NEW.id AND undone_at IS NULL
      AND changed_at > now() - interval '24 hours'
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the % of % was somebody else''s until today', kept, NEW.id
            USING ERRCODE = 'unique_violation', CONSTRAINT = format('users_%s_unique', kept);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER users_keep_former_address AFTER INSERT OR UPDATE OF phone, email ON users
    FOR EACH ROW EXECUTE FUNCTION keep_former_address();

-- What happened to somebody's account, as they are told it.
CREATE TABLE notices (
    id      uuid PRIMARY KEY,                   -- version 7, made in the application
    person  uuid NOT NULL REFERENCES users (id),
    event   text NOT NULL,
    device  text,                               -- on what: `Firefox on Windows`; NULL: it is not known
    network text,                               -- from where, coarsely: `203.0.113.…`
    at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notices_event_is_a_word CHECK (event ~ '^[a-z_]{1,40}$')
);
CREATE INDEX notices_of_person ON notices (person, at DESC);

-- On what and from where somebody has signed in: what is not here is news to them.
CREATE TABLE known_devices (
    person  uuid NOT NULL REFERENCES users (id),
    device  text NOT NULL,
    network text NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person, device, network)
);

-- What is over is forgotten, and nothing before.
CREATE FUNCTION forget_address_changes() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM address_changes WHERE greatest(changed_at, undone_at) <= now() - interval '24 hours';
$$;
CREATE FUNCTION forget_notices() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM notices WHERE at <= now() - interval '90 days';
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON pending_addresses, known_devices TO okane_web;
GRANT SELECT ON address_changes TO okane_web;
GRANT SELECT ON cooling_addresses TO okane_web;
GRANT SELECT, INSERT (id, person, event, device, network) ON notices TO okane_web;
-- Nobody changes one but by the function, which leaves a trace and can be undone.
REVOKE UPDATE (email) ON users FROM okane_web;
REVOKE ALL ON FUNCTION
    change_address(uuid, bytea, bytea, bytea), undo_address_change(bytea), keep_former_address(), forget_address_changes(),
    forget_notices() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    change_address(uuid, bytea, bytea, bytea), undo_address_change(bytea), forget_address_changes(), forget_notices()
    TO okane_web;

-- Passkeys (WebAuthn Level 3): keys that a person's device keeps and uses once it has seen that it is them. What stands
-- here of one is its public half, which opens nothing.

-- By which a person's devices know their account: random, so that it says nothing about them to whoever sees it there
-- (WebAuthn Level 3, 14.6.1).
CREATE TABLE passkey_handles (
    user_id     uuid PRIMARY KEY REFERENCES users (id),
    handle      uuid NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT passkey_handles_one_each UNIQUE (handle)
);

CREATE TABLE passkeys (
    id              uuid PRIMARY KEY,           -- another with each adding: sessions carry it
    user_id         uuid NOT NULL REFERENCES passkey_handles (user_id),
    credential_id   bytea NOT NULL,             -- by which the device knows the key
    credential      jsonb NOT NULL,             -- the public key and what was said with it, as webauthn-rs writes it
    counter         bigint NOT NULL,            -- how often it was used, as the device counts; 0 where it does not
    name            text NOT NULL,              -- for its owner to know it by
    made_at         timestamptz NOT NULL DEFAULT now(),
    last_used_at    timestamptz,
    CONSTRAINT passkeys_one_owner UNIQUE (credential_id),
    CONSTRAINT passkeys_credential_id_length CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    CONSTRAINT passkeys_counter CHECK (counter BETWEEN 0 AND 4294967295),
    CONSTRAINT passkeys_name_length CHECK (char_length(name) BETWEEN 1 AND 40)
);
CREATE INDEX passkeys_user_id ON passkeys (user_id);

-- A device that counts never counts back: a key that does was copied (WebAuthn Level 3, 6.1.1).
CREATE FUNCTION only_later_counters() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'passkey % was used % times already', OLD.id, OLD.counter
        USING ERRCODE = 'check_violation', CONSTRAINT = 'passkeys_counter_rises';
END $$;
CREATE TRIGGER passkeys_counter_rises BEFORE UPDATE OF counter ON passkeys
    FOR EACH ROW WHEN (NEW.counter <= OLD.counter AND OLD.counter > 0) EXECUTE FUNCTION only_later_counters();

-- What a device was asked for and has not answered yet. An answer deletes the row, and so is one once.
CREATE TABLE passkey_ceremonies (
    attempt     uuid PRIMARY KEY,       -- random: stands in the session of the browser that asked, and nowhere else
    kind        text NOT NULL,          -- what for: an answer to one is none to another
    user_id     uuid REFERENCES users (id), -- who asks; whoever signs in is not known yet
    about       text,                   -- of 'add' the name, of 'approve' the one payment
    options     jsonb,                  -- of 'add': what the device is told, shown again where the page is read again
    state       jsonb NOT NULL,         -- the challenge, as webauthn-rs writes it
    expires_at  timestamptz NOT NULL DEFAULT now() + interval '5 minutes',
    CONSTRAINT passkey_ceremonies_kind CHECK (kind IN ('add', 'sign_in', 'prove', 'approve')),
    CONSTRAINT passkey_ceremonies_user_id CHECK ((user_id IS NULL) = (kind = 'sign_in')),
    CONSTRAINT passkey_ceremonies_about CHECK ((about IS NOT NULL) = (kind IN ('add', 'approve'))),
    CONSTRAINT passkey_ceremonies_options CHECK ((options IS NOT NULL) = (kind = 'add'))
);
CREATE INDEX passkey_ceremonies_expires_at ON passkey_ceremonies (expires_at);

GRANT SELECT, INSERT ON passkey_handles TO okane_web;
GRANT SELECT, DELETE, INSERT (id, user_id, credential_id, credential, counter, name),
    UPDATE (credential, counter, last_used_at) ON passkeys TO okane_web;
GRANT SELECT, DELETE, INSERT (attempt, kind, user_id, about, options, state) ON passkey_ceremonies TO okane_web;

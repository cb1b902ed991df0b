-- People whom another provider knows: Google, or any that speaks OpenID Connect.

-- Who somebody is at a provider is its issuer and its subject and nothing else (OpenID Connect Core 1.0, 5.7): an
-- e-mail address may be anybody's tomorrow, and was perhaps never theirs.
CREATE TABLE openid_identities (
    issuer      text NOT NULL,
    subject     text NOT NULL,
    user_id     uuid NOT NULL REFERENCES users (id),
    email       text,                                       -- verified there when it was connected: for its owner to know it by
    link        uuid NOT NULL DEFAULT gen_random_uuid(),    -- another with each connecting: what the one before had opened stays shut
    linked_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject),
    CONSTRAINT openid_identities_one_each UNIQUE (user_id, issuer),
    CONSTRAINT openid_identities_issuer_length CHECK (char_length(issuer) BETWEEN 1 AND 255),
    CONSTRAINT openid_identities_subject_length CHECK (char_length(subject) BETWEEN 1 AND 255)
);

-- Nobody is left without a way in. Two that are taken away at once wait for each other here.
CREATE FUNCTION keep_a_way_in() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM users WHERE id = OLD.user_id FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT 1 FROM password_credentials WHERE user_id = OLD.user_id)
       AND NOT EXISTS (SELECT 1 FROM openid_identities WHERE user_id = OLD.user_id AND issuer <> OLD.issuer) THEN
        RAISE EXCEPTION 'this is the last way in of %', OLD.user_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'openid_identities_last_way_in';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER openid_identities_last_way_in BEFORE DELETE ON openid_identities
    FOR EACH ROW EXECUTE FUNCTION keep_a_way_in();

-- What every session of a person carries, and is compared with at each request: it changes with each of their ways in,
-- and with it end all sessions but the one that made the change. Nobody who has no way in has one. Of whoever has a
-- password and nothing else it is the SHA-256 of its first hash, as it was before there was this view.
CREATE VIEW session_hashes AS
    SELECT u.id AS user_id,
           CASE WHEN o.links IS NULL THEN p.hash
                ELSE sha256(convert_to(concat_ws(E'\n', encode(p.hash, 'hex'), o.links), 'UTF8')) END AS hash
    FROM users u
    LEFT JOIN LATERAL (
        SELECT coalesce(c.known_by, sha256(convert_to(c.hash, 'UTF8'))) AS hash
        FROM password_credentials c WHERE c.user_id = u.id
    ) AS p ON true
    LEFT JOIN LATERAL (
        SELECT string_agg(link::text, E'\n' ORDER BY link) AS links FROM openid_identities WHERE user_id = u.id
    ) AS o ON true
    WHERE p.hash IS NOT NULL OR o.links IS NOT NULL;

GRANT SELECT, DELETE, INSERT (issuer, subject, user_id, email) ON openid_identities TO okane_web;
GRANT SELECT ON session_hashes TO okane_web;

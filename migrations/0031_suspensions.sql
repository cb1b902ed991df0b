SET LOCAL lock_timeout = '3s'; -- who waits for a lock keeps everybody waiting who comes after; run it again

-- Whoever runs OKANE can shut a person out: no session of theirs is one, and none begins, by whatever way in. Their money is
-- where it was, and what is sent to them arrives. The web sees it and cannot end it.
CREATE TABLE suspensions (
    person  uuid PRIMARY KEY REFERENCES users (id),
    reason  text NOT NULL,          -- for whoever runs OKANE; never shown
    since   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT suspensions_reason_given CHECK (length(reason) BETWEEN 1 AND 200)
);
GRANT SELECT (person) ON suspensions TO okane_web;

-- What every session carries (migrations/0026): of whoever is suspended there is nothing to carry.
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
    WHERE (p.hash IS NOT NULL OR o.links IS NOT NULL)
      AND NOT EXISTS (SELECT FROM suspensions s WHERE s.person = u.id);

ALTER TABLE sessions VALIDATE CONSTRAINT sessions_networks_short;

-- How often somebody tries: counted here, so that every server counts the same, and nothing else need be up.

-- One row for each account, number or network that tried lately (GCRA, ITU-T I.371: a leaky bucket as one time). The
-- space between rows is for their next versions: a count that moves writes no index.
CREATE TABLE throttles (
    kind    text NOT NULL,          -- what is tried, and by what it is counted
    key     bytea NOT NULL,         -- SHA-256 of that: neither numbers nor addresses stand here
    free_at timestamptz NOT NULL,   -- when all of its tries are back
    PRIMARY KEY (kind, key),
    CONSTRAINT throttles_key_sha256 CHECK (octet_length(key) = 32)
) WITH (fillfactor = 50);

-- Takes a try of everything that a request is counted by, or, where one of them has none left, none at all; answers
-- with the microseconds until it would be let in, 0 where it is. Many requests at once are decided one after the other.
--
-- A try comes back after its `share` of the `period`, and all at once there are as many as fit into the period. Rows
-- are locked in one order before anything is read, so those who count the same wait for each other and cannot deadlock.
-- The commit does not wait for the disk: a Postgres that dies forgets the tries of its last moment, and no refusal.
CREATE FUNCTION take_tries(requests integer[], kinds text[], keys bytea[], shares bigint[], periods bigint[])
    RETURNS TABLE (request integer, wait bigint) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz;
    counted bigint[];   -- by place among what is counted: microseconds until all of its tries are back
    was bigint[];       -- the same before
    place integer[];    -- by place among the arguments: which of what is counted
    at integer := 1;
    until integer;
    missing bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO throttles (kind, key, free_at)
    SELECT DISTINCT q.kind, q.key, timestamptz '-infinity' FROM unnest(kinds, keys) AS q (kind, key) ORDER BY 1, 2
    ON CONFLICT (kind, key) DO UPDATE SET free_at = excluded.free_at WHERE false; -- locked all the same
    instant := clock_timestamp();

    SELECT array_agg(c.place ORDER BY c.n), array_agg(c.busy ORDER BY c.place, c.n) FILTER (WHERE c.is_first)
    INTO place, counted
    FROM (
        SELECT q.n, dense_rank() OVER (ORDER BY q.kind, q.key)::integer AS place,
               row_number() OVER (PARTITION BY q.kind, q.key ORDER BY q.n) = 1 AS is_first,
               CASE WHEN t.free_at > instant THEN (extract(epoch FROM t.free_at - instant) * 1000000)::bigint ELSE 0 END AS busy
        FROM unnest(kinds, keys) WITH ORDINALITY AS q (kind, key, n)
        -- With LIMIT a look-up stays a look-up, also in a plan that was made when the table was empty.
        CROSS JOIN LATERAL (SELECT free_at FROM throttles WHERE kind = q.kind AND key = q.key LIMIT 1) AS t
    ) AS c;
    was := counted;

    WHILE at <= cardinality(requests) LOOP
        until := at; -- the arguments of one request stand together
        missing := 0;
        WHILE requests[until] = requests[at] LOOP
            missing := greatest(missing, counted[place[until]] + shares[until] - periods[until]);
            until := until + 1;
        END LOOP;
        request := requests[at];
        wait := missing;
        RETURN NEXT;
        WHILE at < until LOOP
            IF missing = 0 THEN
                counted[place[at]] := counted[place[at]] + shares[at];
            END IF;
            at := at + 1;
        END LOOP;
    END LOOP;

    UPDATE throttles t SET free_at = instant + counted[c.place] * interval '1 microsecond'
    FROM (SELECT DISTINCT q.kind, q.key, place[q.n] AS place
          FROM unnest(kinds, keys) WITH ORDINALITY AS q (kind, key, n)) AS c
    WHERE t.kind = c.kind AND t.key = c.key AND counted[c.place] <> was[c.place];
END $$;

-- Whoever has all their tries again need not be remembered. Who is trying just now is left for the next time.
CREATE FUNCTION forget_tries() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM throttles
        WHERE (kind, key) IN (SELECT kind, key FROM throttles WHERE free_at < clock_timestamp() FOR UPDATE SKIP LOCKED)
        RETURNING 1
    )
    SELECT count(*) FROM gone;
$$;

-- The web may try and forget what is over. It cannot give anybody their tries back.
REVOKE ALL ON FUNCTION take_tries(integer[], text[], bytea[], bigint[], bigint[]), forget_tries() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_tries(integer[], text[], bytea[], bigint[], bigint[]), forget_tries() TO okane_web;

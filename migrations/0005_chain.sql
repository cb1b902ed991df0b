-- Each account's entries become a chain, so that a change behind our back breaks it; and an account says
-- how new a reading of it is, and what it has paid out.

ALTER TABLE accounts
    ADD COLUMN revision bigint NOT NULL DEFAULT 0,          -- rises with every change of balance or held: of two readings the newer
    ADD COLUMN head bytea NOT NULL DEFAULT '',              -- hash of the newest entry
    ADD COLUMN spent_on date NOT NULL DEFAULT '-infinity',  -- day of the newest payment to a person, in India
    ADD COLUMN spent_day bigint NOT NULL DEFAULT 0,         -- paise paid to people on that day
    ADD COLUMN spent_month bigint NOT NULL DEFAULT 0;       -- and in that day's month
UPDATE accounts SET revision = version;

-- The day that limits count by.
CREATE FUNCTION indian_day(at timestamptz) RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (at AT TIME ZONE 'Asia/Kolkata')::date;

WITH paid AS (
    SELECT e.account_id, indian_day(e.created_at) AS day, sum(-e.amount)::bigint AS amount
    FROM entries e JOIN transfers t ON t.id = e.transfer_id
    WHERE t.kind = 'p2p' AND e.amount < 0 GROUP BY 1, 2
), newest AS (
    SELECT DISTINCT ON (account_id) account_id, day, amount,
           (sum(amount) OVER (PARTITION BY account_id, date_trunc('month', day)))::bigint AS month_amount
    FROM paid ORDER BY account_id, day DESC
)
UPDATE accounts a SET spent_on = n.day, spent_day = n.amount, spent_month = n.month_amount
FROM newest n WHERE n.account_id = a.id;

-- A text whose end cannot be mistaken: its length in four bytes, then its bytes; -1 where there is none.
-- Stable as convert_to is: called immutable it would not be inlined, and planned again at every use.
CREATE FUNCTION framed(value text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN value IS NULL THEN int4send(-1)
           ELSE int4send(octet_length(value)) || convert_to(value, 'UTF8') END;

-- What an entry's hash covers, big-endian as Postgres sends it: the entry, and its transfer whole.
CREATE FUNCTION entry_bytes(
    account_id bigint, version bigint, amount bigint, balance_after bigint, created_at timestamptz,
    transfer_id uuid, kind text, debit_account bigint, credit_account bigint, note text,
    idempotency_key text, on_ramp_id uuid, bank_event_id text, transfer_created_at timestamptz
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
    RETURN int8send(account_id) || int8send(version) || int8send(amount) || int8send(balance_after)
        || timestamptz_send(created_at) || uuid_send(transfer_id) || framed(kind)
        || int8send(debit_account) || int8send(credit_account) || framed(note) || framed(idempotency_key)
        || framed(on_ramp_id::text) || framed(bank_event_id) || timestamptz_send(transfer_created_at);

-- hash(n) = SHA-256(hash(n - 1) || bytes(n)), beginning with nothing.
CREATE FUNCTION chain_link(previous bytea, bytes bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN sha256(previous || bytes); -- not in SQL: as the step of an aggregate that would be planned at every use
END $$;
CREATE AGGREGATE chain(bytea) (SFUNC = chain_link, STYPE = bytea, INITCOND = '');

ALTER TABLE entries ADD COLUMN hash bytea;
ALTER TABLE entries DISABLE TRIGGER entries_append_only;
WITH chained AS (
    SELECT e.account_id, e.version,
           chain(entry_bytes(e.account_id, e.version, e.amount, e.balance_after, e.created_at, t.id, t.kind,
                             t.debit_account, t.credit_account, t.note, t.idempotency_key, t.on_ramp_id,
                             t.bank_event_id, t.created_at))
               OVER (PARTITION BY e.account_id ORDER BY e.version) AS hash
    FROM entries e JOIN transfers t ON t.id = e.transfer_id
)
UPDATE entries e SET hash = c.hash FROM chained c WHERE (c.account_id, c.version) = (e.account_id, e.version);
ALTER TABLE entries ENABLE TRIGGER entries_append_only;
UPDATE accounts a SET head = e.hash FROM entries e WHERE (e.account_id, e.version) = (a.id, a.version);

ALTER TABLE entries
    ADD CONSTRAINT entries_hash_sha256 CHECK (hash IS NOT NULL AND octet_length(hash) = 32) NOT VALID,
    -- Nobody is below zero between two movements of one batch either.
    ADD CONSTRAINT entries_not_overdrawn CHECK (account_id < 1000 OR balance_after >= 0) NOT VALID;

-- Second wall, once for each statement instead of once for each entry at commit: whatever was written is,
-- for each transfer, its amount out of its one account and into its other.
DROP TRIGGER entries_zero_sum ON entries;
-- squawk-ignore ban-drop-function
DROP FUNCTION check_zero_sum(); -- a trigger's, called by nobody else
CREATE FUNCTION check_zero_sum() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    unbalanced uuid;
BEGIN
    SELECT w.transfer_id INTO unbalanced
    FROM written w LEFT JOIN LATERAL (SELECT * FROM transfers WHERE id = w.transfer_id LIMIT 1) AS t ON true
    GROUP BY w.transfer_id
    HAVING count(*) <> 2
        OR count(*) FILTER (WHERE w.account_id = t.debit_account AND w.amount = -t.amount) <> 1
        OR count(*) FILTER (WHERE w.account_id = t.credit_account AND w.amount = t.amount) <> 1
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the entries of transfer % do not balance', unbalanced
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entries_zero_sum';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_zero_sum AFTER INSERT ON entries
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION check_zero_sum();

-- Posts whatever was just inserted into transfers, as sets, in the order of their ids: both entries of each,
-- both balances, what was spent, the outbox.
CREATE OR REPLACE FUNCTION post_transfers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    posted_at timestamptz;
    today date;
BEGIN
    PERFORM FROM accounts WHERE id IN (SELECT debit_account FROM posted UNION SELECT credit_account FROM posted)
    ORDER BY id FOR NO KEY UPDATE;
    posted_at := clock_timestamp(); -- after the locks, so that time and version rise together
    today := indian_day(posted_at);

    WITH legs AS (
        SELECT debit_account AS account_id, -amount AS change, p.* FROM posted p
        UNION ALL
        SELECT credit_account, amount, p.* FROM posted p
    ), numbered AS (
        SELECT l.*, a.head, row_number() OVER history AS place,
               a.version + row_number() OVER history AS version,
               a.balance + sum(l.change) OVER history AS balance_after
        FROM legs l CROSS JOIN LATERAL (SELECT * FROM accounts WHERE id = l.account_id LIMIT 1) AS a
        WINDOW history AS (PARTITION BY l.account_id ORDER BY l.id ROWS UNBOUNDED PRECEDING)
    ), framed AS (
        SELECT n.*, entry_bytes(account_id, version, change, balance_after::bigint, posted_at, id, kind, debit_account,
                                credit_account, note, idempotency_key, on_ramp_id, bank_event_id, created_at) AS bytes
        FROM numbered n
    ), written AS (
        INSERT INTO entries (account_id, version, transfer_id, amount, balance_after, created_at, hash)
        SELECT account_id, version, id, change, balance_after, posted_at,
               chain(CASE place WHEN 1 THEN head || bytes ELSE bytes END) OVER (PARTITION BY account_id ORDER BY place)
        FROM framed
        RETURNING account_id, version, amount, hash
    ), newest AS (
        -- Out of a person's account money goes to people only: what left it was spent.
        SELECT account_id, count(*) AS entries, sum(amount)::bigint AS amount,
               coalesce(sum(-amount) FILTER (WHERE amount < 0), 0)::bigint AS spent,
               (array_agg(hash ORDER BY version DESC))[1] AS hash
        FROM written GROUP BY account_id
    )
    UPDATE accounts a
    SET balance = a.balance + n.amount,
        version = a.version + n.entries,
        revision = a.revision + n.entries,
        head = n.hash,
        spent_on = CASE WHEN n.spent > 0 THEN today ELSE a.spent_on END,
        spent_day = CASE WHEN n.spent > 0 AND a.spent_on < today THEN 0 ELSE a.spent_day END + n.spent,
        spent_month = CASE WHEN n.spent > 0 AND a.spent_on < date_trunc('month', today) THEN 0 ELSE a.spent_month END + n.spent
    FROM newest n
    WHERE a.id = n.account_id;

    INSERT INTO outbox (topic, subject) SELECT 'transfer_posted', id FROM posted;
    RETURN NULL;
END $$;

-- `accounts.revision` counts whatever its owner can see of their money: balances, entries, payments that wait on
-- either side, and top-ups under way. One number tells a cache, and an open page, whether anything is new.

-- An intent that opens or ends without money. One that succeeds is counted by its entries. Intents are locked before
-- accounts, everywhere; accounts in id order.
CREATE FUNCTION count_opened_on_ramps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    PERFORM FROM accounts WHERE id IN (SELECT account_id FROM opened) ORDER BY id FOR NO KEY UPDATE;
    UPDATE accounts SET revision = revision + 1 WHERE id IN (SELECT account_id FROM opened);
    RETURN NULL;
END $$;
CREATE TRIGGER on_ramps_count_opened AFTER INSERT ON on_ramps
    REFERENCING NEW TABLE AS opened FOR EACH STATEMENT EXECUTE FUNCTION count_opened_on_ramps();

CREATE FUNCTION count_ended_on_ramps() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
    ended uuid[];
    owners bigint[];
BEGIN
    SELECT array_agg(c.id), array_agg(c.account_id) INTO ended, owners
    FROM changed c JOIN was w ON w.id = c.id
    WHERE w.status = 'PROCESSING' AND c.status IN ('FAILURE', 'EXPIRED');
    IF ended IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM FROM accounts WHERE id = ANY (owners) ORDER BY id FOR NO KEY UPDATE;
    UPDATE accounts SET revision = revision + 1 WHERE id = ANY (owners);
    INSERT INTO outbox (topic, subject) SELECT 'on_ramp_ended', unnest(ended);
    RETURN NULL;
END $$;
CREATE TRIGGER on_ramps_count_ended AFTER UPDATE ON on_ramps
    REFERENCING OLD TABLE AS was NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION count_ended_on_ramps();
REVOKE EXECUTE ON FUNCTION count_opened_on_ramps(), count_ended_on_ramps() FROM PUBLIC;

-- squawk-ignore ban-drop-constraint
ALTER TABLE outbox DROP CONSTRAINT outbox_topic_known; -- the next statement brings it back, with one word more
ALTER TABLE outbox ADD CONSTRAINT outbox_topic_known
    CHECK (topic IN ('transfer_posted', 'hold_changed', 'on_ramp_ended', 'bank_payment', 'suspense_alert')) NOT VALID;

-- As before (0008), but for two things: every account of the batch, and the banks' own, is locked by one statement
-- in id order right after the intents, because an intent that ends without money now counts on its owner's account
-- too; and whoever's intent failed is answered as whoever was credited is.
CREATE OR REPLACE FUNCTION settle(
    ids uuid[], messages text[], bodies bytea[], tokens text[], paid boolean[], amounts bigint[], currencies text[], bank_references text[]
) RETURNS TABLE (outcome text, owner uuid, balance bigint, held bigint, revision bigint) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    -- By place among the locked intents.
    intents uuid[]; intent_status text[]; intent_account bigint[]; intent_amount bigint[]; late boolean[];
    -- By place among the messages.
    outcomes text[]; intent_of uuid[]; account_of bigint[];
    is_new boolean[]; -- said here for the first time, to be kept
    said integer[];   -- by an id's first place: which message of this batch used it
    r record;
    i integer;
    earlier text;
BEGIN
    PERFORM FROM on_ramps WHERE token = ANY (tokens) ORDER BY id FOR UPDATE;
    PERFORM FROM accounts WHERE id = 1 OR id IN (SELECT account_id FROM on_ramps WHERE token = ANY (tokens))
    ORDER BY id FOR NO KEY UPDATE;
    PERFORM refuse_if_late();
    SELECT array_agg(o.id ORDER BY o.id), array_agg(o.status ORDER BY o.id), array_agg(o.account_id ORDER BY o.id),
           array_agg(o.amount ORDER BY o.id), array_agg(t.id IS NOT NULL ORDER BY o.id)
    INTO intents, intent_status, intent_account, intent_amount, late
    FROM on_ramps o LEFT JOIN LATERAL (
        SELECT id FROM transfers WHERE on_ramp_id = o.id AND kind = 'suspense' LIMIT 1
    ) AS t ON true
    WHERE o.token = ANY (tokens);

    FOR r IN
        SELECT q.n::integer AS n, q.message, q.body, q.token, q.paid, q.amount, q.currency, o.id AS intent,
               min(q.n) OVER (PARTITION BY q.message)::integer AS leader,
               e.outcome AS earlier, e.body = q.body AS same_body
        FROM unnest(messages, bodies, tokens, paid, amounts, currencies) WITH ORDINALITY
                 AS q (message, body, token, paid, amount, currency, n)
        LEFT JOIN LATERAL (SELECT id FROM on_ramps WHERE token = q.token LIMIT 1) AS o ON true
        LEFT JOIN LATERAL (SELECT outcome, body FROM bank_events WHERE id = q.message LIMIT 1) AS e ON true
        ORDER BY q.n
    LOOP
        intent_of[r.n] := r.intent;
        is_new[r.n] := false;
        earlier := r.earlier;
        IF said[r.leader] IS NOT NULL THEN
            earlier := outcomes[said[r.leader]];
            r.same_body := bodies[said[r.leader]] = r.body;
        END IF;
        IF earlier IS NOT NULL THEN
            -- Heard before: refusals stay refusals, and under one id only the same bytes are a repeat.
            outcomes[r.n] := CASE WHEN NOT r.same_body THEN 'contradicted'
                                  WHEN earlier IN ('wrong_amount', 'wrong_currency', 'unknown_token', 'malformed') THEN earlier
                                  ELSE 'repeated' END;
            CONTINUE;
        END IF;

        i := array_position(intents, r.intent);
        outcomes[r.n] := CASE
            WHEN r.token IS NULL THEN 'malformed'
            WHEN i IS NULL THEN 'unknown_token'
            WHEN r.currency <> 'INR' THEN 'wrong_currency'
            WHEN r.amount <> intent_amount[i] THEN 'wrong_amount'
            WHEN intent_status[i] = 'PROCESSING' AND r.paid THEN 'settled'
            WHEN intent_status[i] = 'PROCESSING' THEN 'failed'
            WHEN NOT r.paid THEN 'ignored'
            WHEN intent_status[i] = 'SUCCESS' OR late[i] THEN 'repeated'
            ELSE 'suspense' END;
        said[r.leader] := r.n;
        is_new[r.n] := true;
        IF outcomes[r.n] = 'settled' THEN
            intent_status[i] := 'SUCCESS';
            account_of[r.n] := intent_account[i];
        ELSIF outcomes[r.n] = 'failed' THEN
            intent_status[i] := 'FAILURE';
            account_of[r.n] := intent_account[i];
        ELSIF outcomes[r.n] = 'suspense' THEN
            late[i] := true;
        END IF;
    END LOOP;

    -- In the order of their ids, so that two batches which meet here wait in one direction.
    INSERT INTO bank_events (id, body, outcome, on_ramp_id)
    SELECT q.message, q.body, outcomes[q.n], intent_of[q.n]
    FROM unnest(messages, bodies) WITH ORDINALITY AS q (message, body, n) WHERE is_new[q.n] ORDER BY q.message;

    INSERT INTO transfers (id, kind, debit_account, credit_account, amount, on_ramp_id, bank_event_id)
    SELECT q.id, CASE outcomes[q.n] WHEN 'settled' THEN 'on_ramp' ELSE 'suspense' END,
           1, CASE outcomes[q.n] WHEN 'settled' THEN account_of[q.n] ELSE 3 END, q.amount, intent_of[q.n], q.message
    FROM unnest(ids, amounts, messages) WITH ORDINALITY AS q (id, amount, message, n)
    WHERE outcomes[q.n] IN ('settled', 'suspense');

    UPDATE on_ramps o
    SET status = CASE outcomes[q.n] WHEN 'settled' THEN 'SUCCESS' ELSE 'FAILURE' END, settled_at = clock_timestamp(),
        transfer_id = CASE outcomes[q.n] WHEN 'settled' THEN q.id END, bank_reference = q.bank_reference
    FROM unnest(ids, bank_references) WITH ORDINALITY AS q (id, bank_reference, n)
    WHERE o.id = intent_of[q.n] AND outcomes[q.n] IN ('settled', 'failed');

    INSERT INTO outbox (topic, subject)
    SELECT 'suspense_alert', intent_of[q.n] FROM generate_subscripts(ids, 1) AS q (n) WHERE outcomes[q.n] = 'suspense';

    RETURN QUERY
    SELECT outcomes[q.n], a.owner, a.balance, a.held, a.revision
    FROM generate_subscripts(ids, 1) AS q (n) LEFT JOIN accounts a ON a.id = account_of[q.n] ORDER BY q.n;
END $$;

-- A payee sees what waits long, so it counts for them too.
CREATE OR REPLACE FUNCTION reserve_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    PERFORM FROM accounts
    WHERE id IN (SELECT payer_account FROM changed UNION SELECT payee_account FROM changed WHERE reason = 'first_payment')
    ORDER BY id FOR NO KEY UPDATE;
    UPDATE accounts a SET held = a.held + c.amount, revision = a.revision + 1
    FROM (SELECT payer_account, sum(amount)::bigint AS amount FROM changed WHERE status = 'PENDING' GROUP BY 1) AS c
    WHERE a.id = c.payer_account;
    UPDATE accounts SET revision = revision + 1
    WHERE id IN (SELECT payee_account FROM changed WHERE reason = 'first_payment');
    INSERT INTO outbox (topic, subject) SELECT 'hold_changed', id FROM changed;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION release_reserved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    UPDATE accounts a SET held = a.held - c.amount, revision = a.revision + 1
    FROM (SELECT payer_account, sum(amount)::bigint AS amount FROM changed WHERE status <> 'PENDING' GROUP BY 1) AS c
    WHERE a.id = c.payer_account;
    UPDATE accounts SET revision = revision + 1
    WHERE id IN (SELECT payee_account FROM changed WHERE status <> 'PENDING' AND reason = 'first_payment');
    INSERT INTO outbox (topic, subject) SELECT 'hold_changed', id FROM changed WHERE status <> 'POSTED';
    RETURN NULL;
END $$;

-- Both sides are locked before a hold ends, in id order, as `pay` and `post_holds` do it.
CREATE OR REPLACE FUNCTION expire_holds(ids uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM accounts WHERE id IN (
        SELECT payer_account FROM holds WHERE id = ANY (ids) UNION SELECT payee_account FROM holds WHERE id = ANY (ids)
    ) ORDER BY id FOR NO KEY UPDATE;
    RETURN QUERY
        UPDATE holds SET status = 'EXPIRED', ended_at = clock_timestamp()
        WHERE id = ANY (ids) AND status = 'PENDING' AND release_at <= clock_timestamp() RETURNING id;
END $$;

CREATE OR REPLACE FUNCTION cancel_hold(payer uuid, hold uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    payer_id bigint;
BEGIN
    SELECT id INTO payer_id FROM accounts WHERE owner = payer;
    PERFORM FROM accounts
    WHERE id = payer_id OR id = (SELECT payee_account FROM holds WHERE id = hold AND payer_account = payer_id)
    ORDER BY id FOR NO KEY UPDATE;
    UPDATE holds SET status = 'VOIDED', ended_at = clock_timestamp()
    WHERE id = hold AND payer_account = payer_id AND status = 'PENDING' AND release_at > clock_timestamp();
    RETURN (SELECT status FROM holds WHERE id = hold AND payer_account = payer_id);
END $$;

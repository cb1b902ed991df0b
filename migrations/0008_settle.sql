-- Settling: the one way money comes in from banks. A batch of verified messages in, one outcome each out, in
-- one statement, as `pay` does it.
--
-- 1. Every intent that a message names is locked by one statement in id order; after that nobody else can
--    end it. Accounts are locked later, by what posts, in their own order: intents always come before accounts.
-- 2. The messages are decided one after the other, each on what those before it left.
-- 3. A message is kept under its id. Two of one id that name different intents, and so do not wait for each
--    other's locks, meet there: the second fails on the key, runs again, and finds what the first one said.
--
-- A message that is not of the agreed form has no token.
CREATE FUNCTION settle(
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

-- Ends the intents that the bank did not answer in time; says how many. Locked in id order, as `settle` does.
CREATE FUNCTION expire_on_ramps() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ended bigint;
BEGIN
    UPDATE on_ramps SET status = 'EXPIRED', settled_at = now()
    WHERE id IN (SELECT id FROM on_ramps WHERE status = 'PROCESSING' AND expires_at < now() ORDER BY id FOR UPDATE SKIP LOCKED);
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;

-- The welcome credit, once for each person; answers with the balance where it was given now.
CREATE FUNCTION give_welcome(gift uuid, person uuid, amount bigint)
    RETURNS TABLE (balance bigint, held bigint, revision bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    person_id bigint;
BEGIN
    SELECT id INTO STRICT person_id FROM accounts WHERE owner = person FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM transfers WHERE credit_account = person_id AND kind = 'welcome') THEN
        RETURN;
    END IF;
    INSERT INTO transfers (id, kind, debit_account, credit_account, amount) VALUES (gift, 'welcome', 2, person_id, give_welcome.amount);
    RETURN QUERY SELECT a.balance, a.held, a.revision FROM accounts a WHERE id = person_id;
END $$;

-- As before (0016), but for payments that their payer wants to approve, and for payers whose wallet cools off; the places
-- are marked. Both are read after the payer's lock, which `set_approval_limit` and `cool_off` take too. An approval that
-- holds until then holds for the payment, also where that waits; where a wallet cools off, the moment that ends stands
-- where a hold's release does.
CREATE OR REPLACE FUNCTION pay(
    ids uuid[], payers uuid[], payees uuid[], amounts bigint[], notes text[], keys text[], undos integer[]
) RETURNS TABLE (
    place integer, outcome text, transfer_id uuid, status text, at timestamptz, release_at timestamptz, reason text,
    most bigint, remains bigint,
    payer_balance bigint, payer_held bigint, payer_revision bigint,
    payee_balance bigint, payee_held bigint, payee_revision bigint
) LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
    SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    instant timestamptz;
    posted_at timestamptz;
    today date;
    -- By place among the locked accounts.
    accounts_locked bigint[]; available bigint[]; spent_day bigint[]; spent_month bigint[];
    cooling bigint[]; -- cooling-off: what it leaves; null where there is none
    -- By place among the requests.
    payer_of bigint[]; payee_of bigint[];
    outcomes text[]; made uuid[]; waits timestamptz[]; reasons text[]; at_most bigint[]; left_over bigint[]; earlier_at timestamptz[];
    cool_until timestamptz[]; -- cooling-off
    used integer[]; -- by a key's first place: which request of this batch used it
    r record;
    a integer;
    wait interval;
    holding boolean := false;
    posting boolean := false;
BEGIN
    PERFORM FROM accounts WHERE owner = ANY (payers || payees) ORDER BY id FOR NO KEY UPDATE;
    PERFORM refuse_if_late();
    instant := clock_timestamp();
    today := indian_day(instant);
    SELECT array_agg(id ORDER BY id), array_agg(balance - held ORDER BY id),
           array_agg(held + CASE WHEN spent_on = today THEN a.spent_day ELSE 0 END ORDER BY id),
           array_agg(held + CASE WHEN date_trunc('month', spent_on) = date_trunc('month', today) THEN a.spent_month ELSE 0 END ORDER BY id)
    INTO accounts_locked, available, spent_day, spent_month
    FROM accounts a WHERE owner = ANY (payers || payees);

    FOR r IN
        SELECT q.n::integer AS n, q.id, q.amount, q.note, q.undo, payer.id AS payer, payee.id AS payee,
               min(q.n) OVER (PARTITION BY q.payer, q.key)::integer AS leader,
               e.id AS earlier, e.payee_account AS earlier_payee, e.amount AS earlier_amount, e.note AS earlier_note,
               e.at AS earlier_at,
               coalesce(k.trusted OR k.first_paid_at <= instant - make_interval(mins => p.first_wait_minutes), false) AS is_known,
               least(l.per_transfer, p.per_transfer) AS per_transfer, -- of nothing and a number, least is the number
               least(l.per_day, p.per_day) AS per_day, least(l.per_month, p.per_month) AS per_month,
               -- The payer's own time to undo, or the policy's for a first payment, whichever is longer; of nothing and a
               -- number, greatest is the number too.
               greatest(w.seconds, CASE WHEN k.first_paid_at IS NULL THEN p.first_undo_seconds ELSE 0 END) AS usual_undo,
               p.first_wait_above, p.first_wait_minutes, f.is_frozen, v.above AS unapproved_above,
               p.cooling_most, c.since_version, c.until AS cooling_until -- cooling-off
        FROM unnest(ids, payers, payees, amounts, notes, keys, undos) WITH ORDINALITY
                 AS q (id, payer, payee, amount, note, key, undo, n)
        CROSS JOIN policy p
        -- With LIMIT a look-up stays a look-up, also in a plan that was made when the table was empty.
        LEFT JOIN LATERAL (SELECT id FROM accounts WHERE owner = q.payer LIMIT 1) AS payer ON true
        LEFT JOIN LATERAL (SELECT id FROM accounts WHERE owner = q.payee LIMIT 1) AS payee ON true
        LEFT JOIN LATERAL (
            SELECT first_paid_at, trusted FROM payees
            WHERE payer_account = payer.id AND payee_account = payee.id LIMIT 1
        ) AS k ON true
        LEFT JOIN LATERAL (SELECT seconds FROM undo_windows WHERE account_id = payer.id LIMIT 1) AS w ON true
        LEFT JOIN LATERAL (
            SELECT true AS is_frozen FROM freezes
            WHERE account_id = payer.id AND frozen_at IS NOT NULL AND (thaw_at IS NULL OR thaw_at > instant) LIMIT 1
        ) AS f ON true
        -- Approvals: the limit of a payment that is above it and that nobody has approved as it is.
        LEFT JOIN LATERAL (
            SELECT above FROM approval_limits
            WHERE account_id = payer.id AND above < q.amount AND NOT EXISTS (
                SELECT FROM approvals y
                WHERE y.person = q.payer AND y.idempotency_key = q.key AND y.payee = q.payee AND y.amount = q.amount
                  AND y.expires_at > instant
            ) LIMIT 1
        ) AS v ON true
        LEFT JOIN LATERAL ( -- cooling-off
            SELECT since_version, until FROM cooling_offs WHERE account_id = payer.id AND until > instant LIMIT 1
        ) AS c ON true
        LEFT JOIN LATERAL (
            SELECT t.id, t.credit_account AS payee_account, t.amount, t.note,
                   (SELECT created_at FROM entries WHERE transfer_id = t.id AND account_id = t.debit_account) AS at
            FROM transfers t WHERE t.debit_account = payer.id AND t.idempotency_key = q.key
            UNION ALL
            SELECT h.id, h.payee_account, h.amount, h.note, h.created_at
            FROM holds h WHERE h.payer_account = payer.id AND h.idempotency_key = q.key
            LIMIT 1
        ) AS e ON true
        LEFT JOIN LATERAL (
            SELECT max(m.most) FILTER (WHERE m.period = 'transfer') AS per_transfer,
                   max(m.most) FILTER (WHERE m.period = 'day') AS per_day,
                   max(m.most) FILTER (WHERE m.period = 'month') AS per_month
            FROM (SELECT period, CASE WHEN next_at <= instant THEN next_most ELSE most END AS most
                  FROM limits WHERE account_id = payer.id) AS m
        ) AS l ON true
        ORDER BY q.n
    LOOP
        payer_of[r.n] := r.payer;
        payee_of[r.n] := r.payee;
        IF r.payer IS NULL OR r.payee IS NULL THEN
            outcomes[r.n] := 'unknown_payee';
            CONTINUE;
        ELSIF r.payer = r.payee THEN
            outcomes[r.n] := 'to_self';
            CONTINUE;
        ELSIF r.earlier IS NOT NULL THEN
            outcomes[r.n] := CASE WHEN (r.earlier_payee, r.earlier_amount, r.earlier_note) = (r.payee, r.amount, r.note)
                                  THEN 'replayed' ELSE 'key_reused' END;
            made[r.n] := r.earlier;
            earlier_at[r.n] := r.earlier_at;
            CONTINUE;
        ELSIF used[r.leader] IS NOT NULL THEN
            a := used[r.leader];
            outcomes[r.n] := CASE WHEN (payee_of[a], amounts[a], notes[a]) = (r.payee, r.amount, r.note)
                                  THEN 'replayed' ELSE 'key_reused' END;
            made[r.n] := made[a];
            CONTINUE;
        ELSIF r.is_frozen THEN
            outcomes[r.n] := 'frozen'; -- after the keys: what was paid before is still answered
            CONTINUE;
        ELSIF r.unapproved_above IS NOT NULL THEN
            outcomes[r.n] := 'approval_needed'; -- before the money: who cannot approve it hears no more than that
            at_most[r.n] := r.unapproved_above;
            CONTINUE;
        END IF;

        a := array_position(accounts_locked, r.payer);
        IF r.cooling_until IS NOT NULL AND cooling[a] IS NULL THEN -- cooling-off: what waits counts, and all that has left since
            cooling[a] := r.cooling_most - (SELECT held FROM accounts WHERE id = r.payer)
                + coalesce((SELECT sum(amount)::bigint FROM entries
                            WHERE account_id = r.payer AND version > r.since_version AND amount < 0), 0);
        END IF;
        IF r.amount > r.per_transfer THEN
            outcomes[r.n] := 'above_transfer_limit';
            at_most[r.n] := r.per_transfer;
            left_over[r.n] := r.per_transfer;
            CONTINUE;
        ELSIF spent_day[a] + r.amount > r.per_day THEN
            outcomes[r.n] := 'above_day_limit';
            at_most[r.n] := r.per_day;
            left_over[r.n] := greatest(0, r.per_day - spent_day[a]);
            CONTINUE;
        ELSIF spent_month[a] + r.amount > r.per_month THEN
            outcomes[r.n] := 'above_month_limit';
            at_most[r.n] := r.per_month;
            left_over[r.n] := greatest(0, r.per_month - spent_month[a]);
            CONTINUE;
        ELSIF cooling[a] < r.amount THEN -- cooling-off
            outcomes[r.n] := 'cooling_off';
            at_most[r.n] := r.cooling_most;
            left_over[r.n] := greatest(0, cooling[a]);
            cool_until[r.n] := r.cooling_until;
            CONTINUE;
        ELSIF available[a] < r.amount THEN
            outcomes[r.n] := 'not_enough_money';
            left_over[r.n] := available[a];
            CONTINUE;
        END IF;

        outcomes[r.n] := 'made';
        made[r.n] := r.id;
        used[r.leader] := r.n;
        available[a] := available[a] - r.amount;
        spent_day[a] := spent_day[a] + r.amount;
        spent_month[a] := spent_month[a] + r.amount;
        cooling[a] := cooling[a] - r.amount; -- cooling-off
        wait := make_interval(secs => coalesce(r.undo, r.usual_undo));
        reasons[r.n] := 'undo';
        IF NOT r.is_known AND r.amount > r.first_wait_above
            AND make_interval(mins => r.first_wait_minutes) > wait THEN
            wait := make_interval(mins => r.first_wait_minutes);
            reasons[r.n] := 'first_payment';
        END IF;
        IF wait > interval '0' THEN
            waits[r.n] := instant + wait;
            holding := true;
        ELSE
            posting := true;
            -- At once: whoever comes later in this batch may spend it.
            a := array_position(accounts_locked, r.payee);
            available[a] := available[a] + r.amount;
        END IF;
    END LOOP;

    -- What is posted comes before what is held: whoever is paid here and sets that money aside has it by then.
    IF posting THEN
        INSERT INTO transfers (id, kind, debit_account, credit_account, amount, note, idempotency_key, created_at)
        SELECT q.id, 'p2p', payer_of[q.n], payee_of[q.n], q.amount, q.note, q.key, instant
        FROM unnest(ids, amounts, notes, keys) WITH ORDINALITY AS q (id, amount, note, key, n)
        WHERE outcomes[q.n] = 'made' AND waits[q.n] IS NULL;
        -- The moment that stands on the entries; all of one statement have the same.
        SELECT e.created_at INTO posted_at
        FROM generate_subscripts(ids, 1) AS q (n) JOIN entries e ON e.transfer_id = made[q.n] AND e.account_id = payer_of[q.n]
        WHERE outcomes[q.n] = 'made' AND waits[q.n] IS NULL LIMIT 1;
    END IF;
    IF holding THEN
        INSERT INTO holds (id, payer_account, payee_account, amount, note, idempotency_key, reason, created_at, release_at)
        SELECT q.id, payer_of[q.n], payee_of[q.n], q.amount, q.note, q.key, reasons[q.n], instant, waits[q.n]
        FROM unnest(ids, amounts, notes, keys) WITH ORDINALITY AS q (id, amount, note, key, n)
        WHERE outcomes[q.n] = 'made' AND waits[q.n] IS NOT NULL;
    END IF;

    RETURN QUERY
    SELECT q.n::integer, outcomes[q.n], made[q.n], coalesce(h.status, CASE WHEN made[q.n] IS NOT NULL THEN 'POSTED' END),
           coalesce(earlier_at[q.n], h.created_at, posted_at), coalesce(h.release_at, cool_until[q.n]), h.reason, at_most[q.n], left_over[q.n],
           payer.balance, payer.held, payer.revision, payee.balance, payee.held, payee.revision
    FROM generate_subscripts(ids, 1) AS q (n)
    LEFT JOIN accounts payer ON payer.id = payer_of[q.n]
    LEFT JOIN accounts payee ON payee.id = payee_of[q.n]
    LEFT JOIN holds h ON h.id = made[q.n]
    ORDER BY q.n;
END $$;

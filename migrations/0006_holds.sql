-- Money that is reserved before it moves, whom one has paid, and how much one may pay.

-- What holds for everybody: one row, the operator's to change. Amounts are paise.
CREATE TABLE policy (
    only_row            boolean PRIMARY KEY DEFAULT true,
    first_undo_seconds  integer NOT NULL DEFAULT 10,        -- a first payment to a person can be undone this long
    first_wait_above    bigint NOT NULL DEFAULT 1000000,    -- and waits, when it is more than this,
    first_wait_minutes  integer NOT NULL DEFAULT 60,        -- so long
    per_transfer        bigint NOT NULL DEFAULT 10000000,   -- the limits of whoever has set none
    per_day             bigint NOT NULL DEFAULT 20000000,
    per_month           bigint NOT NULL DEFAULT 100000000,
    raise_after_minutes integer NOT NULL DEFAULT 1440,      -- a limit that is raised is in force this much later
    CONSTRAINT policy_only_row CHECK (only_row),
    CONSTRAINT policy_times CHECK (
        first_undo_seconds BETWEEN 0 AND 3600 AND first_wait_minutes BETWEEN 0 AND 60 AND raise_after_minutes >= 0)
);
INSERT INTO policy DEFAULT VALUES;

-- Limits that somebody set for themselves: lower at once, higher later.
CREATE TABLE limits (
    account_id bigint NOT NULL REFERENCES accounts (id),
    period     text NOT NULL,                       -- a single transfer, an Indian day, its month
    most       bigint NOT NULL,                     -- paise
    next_most  bigint,                              -- what was asked for and is not yet in force
    next_at    timestamptz,                         -- from when it is
    PRIMARY KEY (account_id, period),
    CONSTRAINT limits_period_known CHECK (period IN ('transfer', 'day', 'month')),
    CONSTRAINT limits_not_negative CHECK (most >= 0 AND next_most >= 0),
    CONSTRAINT limits_next_has_time CHECK ((next_most IS NULL) = (next_at IS NULL))
);

-- Whom somebody has paid, and whom they trust: a trusted person's first payment does not wait.
CREATE TABLE payees (
    payer_account bigint NOT NULL,                  -- no foreign keys: written from transfers, which have them
    payee_account bigint NOT NULL,
    first_paid_at timestamptz,                      -- null until the first payment is posted
    trusted       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (payer_account, payee_account),
    CONSTRAINT payees_two_accounts CHECK (payer_account <> payee_account)
);
INSERT INTO payees (payer_account, payee_account, first_paid_at)
SELECT debit_account, credit_account, min(created_at) FROM transfers WHERE kind = 'p2p' GROUP BY 1, 2;

-- Payments that wait: reserved on the payer's account, posted at their time unless they are cancelled before.
CREATE TABLE holds (
    id              uuid PRIMARY KEY,               -- and of the transfer that it becomes: one receipt, one address
    payer_account   bigint NOT NULL REFERENCES accounts (id),
    payee_account   bigint NOT NULL REFERENCES accounts (id),
    amount          bigint NOT NULL,                -- paise
    note            text NOT NULL DEFAULT '',
    idempotency_key text NOT NULL,
    reason          text NOT NULL,                  -- the sender's time to undo, or a large first payment
    status          text NOT NULL DEFAULT 'PENDING',
    created_at      timestamptz NOT NULL,
    release_at      timestamptz NOT NULL,           -- when it is posted
    ended_at        timestamptz,
    transfer_id     uuid,
    CONSTRAINT holds_one_per_key UNIQUE (payer_account, idempotency_key),
    CONSTRAINT holds_amount_positive CHECK (amount > 0),
    CONSTRAINT holds_between_people CHECK (payer_account >= 1000 AND payee_account >= 1000 AND payer_account <> payee_account),
    CONSTRAINT holds_note_length CHECK (char_length(note) <= 140),
    CONSTRAINT holds_reason_known CHECK (reason IN ('undo', 'first_payment')),
    CONSTRAINT holds_status_known CHECK (status IN ('PENDING', 'POSTED', 'VOIDED', 'EXPIRED')),
    CONSTRAINT holds_at_most_an_hour CHECK (release_at > created_at AND release_at <= created_at + interval '60 minutes'),
    CONSTRAINT holds_end_has_time CHECK ((status = 'PENDING') = (ended_at IS NULL)),
    CONSTRAINT holds_posted_is_its_transfer CHECK (CASE status WHEN 'POSTED' THEN transfer_id = id ELSE transfer_id IS NULL END),
    -- Looked at when the transaction commits: a hold is let go of before its money can move.
    CONSTRAINT holds_transfer FOREIGN KEY (transfer_id) REFERENCES transfers (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX holds_due ON holds (release_at) WHERE status = 'PENDING';
CREATE INDEX holds_of_payer ON holds (payer_account, created_at DESC, id DESC) WHERE status <> 'POSTED';
CREATE INDEX holds_to_payee ON holds (payee_account, created_at DESC, id DESC) WHERE status = 'PENDING';

-- squawk-ignore ban-drop-constraint
ALTER TABLE outbox DROP CONSTRAINT outbox_topic_known; -- the next statement brings it back, with one word more
ALTER TABLE outbox ADD CONSTRAINT outbox_topic_known
    CHECK (topic IN ('transfer_posted', 'hold_changed', 'bank_payment', 'suspense_alert')) NOT VALID;

-- What is held on an account is what its pending holds say, because nothing else writes it.
CREATE FUNCTION reserve_holds() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    PERFORM FROM accounts WHERE id IN (SELECT payer_account FROM changed) ORDER BY id FOR NO KEY UPDATE;
    UPDATE accounts a SET held = a.held + c.amount, revision = a.revision + 1
    FROM (SELECT payer_account, sum(amount)::bigint AS amount FROM changed WHERE status = 'PENDING' GROUP BY 1) AS c
    WHERE a.id = c.payer_account;
    INSERT INTO outbox (topic, subject) SELECT 'hold_changed', id FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER holds_reserve AFTER INSERT ON holds
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION reserve_holds();

CREATE FUNCTION release_reserved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    UPDATE accounts a SET held = a.held - c.amount, revision = a.revision + 1
    FROM (SELECT payer_account, sum(amount)::bigint AS amount FROM changed WHERE status <> 'PENDING' GROUP BY 1) AS c
    WHERE a.id = c.payer_account;
    INSERT INTO outbox (topic, subject) SELECT 'hold_changed', id FROM changed WHERE status <> 'POSTED';
    RETURN NULL;
END $$;
CREATE TRIGGER holds_release AFTER UPDATE ON holds
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION release_reserved();

-- A hold ends once, and nothing else of it ever changes.
CREATE FUNCTION end_hold_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status <> 'PENDING' OR NEW.status = 'PENDING'
        OR (OLD.id, OLD.payer_account, OLD.payee_account, OLD.amount, OLD.note, OLD.idempotency_key, OLD.reason, OLD.created_at, OLD.release_at)
        IS DISTINCT FROM (NEW.id, NEW.payer_account, NEW.payee_account, NEW.amount, NEW.note, NEW.idempotency_key, NEW.reason, NEW.created_at, NEW.release_at)
    THEN
        RAISE EXCEPTION 'hold % is % and can only end, once', OLD.id, OLD.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_end_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER holds_end_once BEFORE UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION end_hold_once();
CREATE TRIGGER holds_kept BEFORE DELETE OR TRUNCATE ON holds FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Whoever is paid for the first time is a stranger no longer.
CREATE FUNCTION remember_payees() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
    INSERT INTO payees AS p (payer_account, payee_account, first_paid_at)
    SELECT DISTINCT ON (debit_account, credit_account) debit_account, credit_account, created_at
    FROM posted t
    -- A scalar subquery, which is one look-up for each row whatever the planner believes of the table's size;
    -- as an anti-join, planned when nobody had paid anybody, it read all of it for each.
    WHERE kind = 'p2p' AND (
        SELECT k.first_paid_at FROM payees k WHERE k.payer_account = t.debit_account AND k.payee_account = t.credit_account
    ) IS NULL
    ORDER BY debit_account, credit_account, id
    ON CONFLICT (payer_account, payee_account) DO UPDATE SET first_paid_at = excluded.first_paid_at
        WHERE p.first_paid_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER transfers_remember_payees AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION remember_payees();

-- Each service can do its part of the money and no other.
REVOKE ALL ON FUNCTION lock_accounts(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_accounts(bigint[]) TO okane_web, okane_webhook;

-- Everyone reads the ledger; only transfers are written, and nothing of it is ever changed.
GRANT SELECT ON accounts, transfers, entries TO okane_web, okane_webhook, okane_auditor;
GRANT INSERT ON transfers TO okane_web, okane_webhook;

-- Which kinds of transfer each may write. The owner of the tables is not bound by policies, nobody else is that.
ALTER TABLE transfers ENABLE ROW LEVEL SECURITY;
CREATE POLICY transfers_read ON transfers FOR SELECT USING (true);
CREATE POLICY transfers_web ON transfers FOR INSERT TO okane_web WITH CHECK (kind IN ('p2p', 'welcome'));
CREATE POLICY transfers_webhook ON transfers FOR INSERT TO okane_webhook WITH CHECK (kind IN ('on_ramp', 'suspense'));

-- The web opens intents, always as PROCESSING, and hands them to the bank; it may let them expire, and
-- a row can say SUCCESS only with a credit, which it cannot name.
GRANT SELECT, INSERT (id, account_id, idempotency_key, bank, amount, token) ON on_ramps TO okane_web;
GRANT UPDATE (bank_page, at_bank_at, status, settled_at) ON on_ramps TO okane_web;
GRANT SELECT ON on_ramps TO okane_webhook, okane_auditor;
GRANT UPDATE (status, settled_at, bank_reference, transfer_id) ON on_ramps TO okane_webhook;

GRANT SELECT, INSERT ON bank_events TO okane_webhook;
GRANT SELECT ON bank_events TO okane_auditor;

-- The web's relay works the outbox off; the webhook only adds.
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO okane_web;
GRANT INSERT ON outbox TO okane_webhook;
GRANT SELECT ON outbox TO okane_auditor;

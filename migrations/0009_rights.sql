-- From here on no service writes a movement itself: the web pays and welcomes, the webhook settles, and what
-- each may cause is what its functions do.
REVOKE ALL ON FUNCTION
    pay(uuid[], uuid[], uuid[], bigint[], text[], text[], integer[]), post_holds(uuid[]), expire_holds(uuid[]),
    cancel_hold(uuid, uuid), set_limit(uuid, text, bigint), trust_payee(uuid, uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    pay(uuid[], uuid[], uuid[], bigint[], text[], text[], integer[]), post_holds(uuid[]), expire_holds(uuid[]),
    cancel_hold(uuid, uuid), set_limit(uuid, text, bigint), trust_payee(uuid, uuid, boolean) TO okane_web;

GRANT SELECT ON holds, payees, limits, policy TO okane_web, okane_auditor;

REVOKE ALL ON FUNCTION
    settle(uuid[], text[], bytea[], text[], boolean[], bigint[], text[], text[]), give_welcome(uuid, uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle(uuid[], text[], bytea[], text[], boolean[], bigint[], text[], text[]) TO okane_webhook;
GRANT EXECUTE ON FUNCTION give_welcome(uuid, uuid, bigint) TO okane_web;

DROP POLICY transfers_web ON transfers;
DROP POLICY transfers_webhook ON transfers;
DROP POLICY transfers_read ON transfers;
ALTER TABLE transfers DISABLE ROW LEVEL SECURITY;
REVOKE INSERT ON transfers FROM okane_web, okane_webhook;
REVOKE ALL ON on_ramps, bank_events, outbox, entries, transfers, holds, accounts FROM okane_webhook;
REVOKE UPDATE (status, settled_at, bank_reference, transfer_id) ON on_ramps FROM okane_webhook;
GRANT SELECT (id) ON accounts TO okane_webhook; -- to see that the schema is there
-- Intents end by `expire_on_ramps` and `settle`; of the rest the web notes only that the bank knows.
REVOKE UPDATE (status, settled_at) ON on_ramps FROM okane_web;
REVOKE ALL ON FUNCTION expire_on_ramps() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION expire_on_ramps() TO okane_web;

-- Everybody may call a function unless told otherwise, and hang it on a temporary table of their own as a trigger:
-- with the owner's rights it would then hold money that nobody set aside. So nobody may but who is named.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT EXECUTE ON FUNCTION indian_day(timestamptz) TO okane_web;
GRANT EXECUTE ON FUNCTION framed(text), entry_bytes(
    bigint, bigint, bigint, bigint, timestamptz, uuid, text, bigint, bigint, text, text, uuid, text, timestamptz
) TO okane_auditor;
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

-- squawk-ignore ban-drop-function
DROP FUNCTION lock_accounts(bigint[]); -- nothing outside these functions locks accounts any more

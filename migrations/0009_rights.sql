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
-- squawk-ignore ban-drop-function
DROP FUNCTION lock_accounts(bigint[]); -- nothing outside these functions locks accounts any more

-- The web pays through `pay` and its companions and in no other way: keys, limits and waiting times hold
-- even for somebody who has stolen its role. The welcome credit is all it may still write itself.
ALTER POLICY transfers_web ON transfers WITH CHECK (kind = 'welcome');

REVOKE ALL ON FUNCTION
    pay(uuid[], uuid[], uuid[], bigint[], text[], text[], integer[]), post_holds(uuid[]), expire_holds(uuid[]),
    cancel_hold(uuid, uuid), set_limit(uuid, text, bigint), trust_payee(uuid, uuid, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    pay(uuid[], uuid[], uuid[], bigint[], text[], text[], integer[]), post_holds(uuid[]), expire_holds(uuid[]),
    cancel_hold(uuid, uuid), set_limit(uuid, text, bigint), trust_payee(uuid, uuid, boolean) TO okane_web;

GRANT SELECT ON holds, payees, limits, policy TO okane_web, okane_auditor;
GRANT SELECT ON holds TO okane_webhook;

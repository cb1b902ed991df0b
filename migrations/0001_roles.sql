-- Who may do what. Roles belong to the whole cluster, so they are made only where they are missing;
-- passwords are given outside, by whoever deploys (`cargo xtask dev` does it in development).
DO $$
DECLARE role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['okane_web', 'okane_webhook', 'okane_auditor'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN', role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this cluster made it, perhaps just now
        END;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO okane_web, okane_webhook, okane_auditor;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

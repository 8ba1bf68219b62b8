-- Database roles (architecture.md §4). The bootstrap superuser only runs this file: superusers bypass
-- row-level security, so neither the owner of the tables nor any process of the product is one.
-- Idempotent; read by the embedded PostgreSQL and by docker-compose. Passwords, where any, are set elsewhere.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['dcc_owner', 'dcc_web', 'dcc_worker', 'dcc_sealer', 'dcc_listener', 'dcc_backup'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION', role);
    END LOOP;
END $$;
ALTER ROLE dcc_owner CREATEDB;    -- template and clone databases of the tests
ALTER ROLE dcc_backup BYPASSRLS;  -- a dump that row-level security truncates is not a backup
GRANT pg_read_all_data TO dcc_backup;

-- Isolation: every row that is a tenant's is seen and written only where app.tenant_id (and app.service_id) say so,
-- also by the owner of the tables. Where they are not set, nothing is seen.

DO $roles$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'yoyaku_app') THEN
        CREATE ROLE yoyaku_app NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'yoyaku_app' AND (rolsuper OR rolbypassrls)) THEN
        RAISE EXCEPTION 'The role yoyaku_app can bypass row-level security.'
            USING HINT = 'ALTER ROLE yoyaku_app NOSUPERUSER NOBYPASSRLS;';
    END IF;
    IF current_user = 'yoyaku_app' THEN
        RAISE EXCEPTION 'Migrations must not run as yoyaku_app: the application may not own its tables.'
            USING HINT = 'Set MIGRATION_DATABASE_URL to the owner of the database.';
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'The role yoyaku_app does not exist and may not be created by %.', current_user
        USING HINT = 'As an administrator: CREATE ROLE yoyaku_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD ''…'';';
END
$roles$;

DO $policies$
DECLARE
    one record;
    by_tenant constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$;
    by_service constant text := $$service_id = nullif(current_setting('app.service_id', true), '')$$;
    rule text;
BEGIN
    FOR one IN
        SELECT c.relname AS name,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'service_id') AS of_service
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND c.relname NOT IN ('tenant', 'service', 'host', 'alembic_version')
    LOOP
        rule := by_tenant || CASE WHEN one.of_service THEN ' AND ' || by_service ELSE '' END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one.name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one.name);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one.name, rule, rule);
    END LOOP;
END
$policies$;

-- What is due, over all tenants: only where and what, never whose or with which contents. Each piece of work is then
-- done in a transaction of its own tenant. The function runs as the owner, who may read these three tables for it.
CREATE POLICY due_work ON deadline FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY due_work ON outbox FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY due_work ON mail FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION due_work(at_most integer)
RETURNS TABLE (tenant_id text, service_id text, kind text, id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    (SELECT d.tenant_id, d.service_id, 'deadline', d.deadline_id, d.due_at
     FROM deadline d JOIN service s USING (tenant_id, service_id)
     WHERE d.done_at IS NULL
       AND d.due_at <= clock_timestamp() + make_interval(secs => s.clock_offset_seconds)
       AND d.next_try_at <= clock_timestamp()
     ORDER BY d.due_at, d.deadline_id LIMIT at_most)
    UNION ALL
    (SELECT o.tenant_id, o.service_id, 'outbox', o.event_id, o.created_at
     FROM outbox o
     WHERE o.handled_at IS NULL AND o.next_try_at <= clock_timestamp()
     ORDER BY o.created_at, o.event_id LIMIT at_most)
    UNION ALL
    (SELECT m.tenant_id, m.service_id, 'mail', m.mail_id, m.created_at
     FROM mail m
     WHERE m.sent_at IS NULL AND m.given_up_at IS NULL AND m.next_try_at <= clock_timestamp()
     ORDER BY m.created_at, m.mail_id LIMIT at_most)
$$;
REVOKE ALL ON FUNCTION due_work(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_work(integer) TO yoyaku_app;

-- What was published, and what was done, stays as it was.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_set_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON inventory_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON booking_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The application reads the world and writes what happens in it; cities and their stock are loaded by the owner.
GRANT USAGE ON SCHEMA public TO yoyaku_app;
GRANT SELECT ON tenant, service, host, facility, space, resource, resource_unit TO yoyaku_app;
GRANT SELECT, INSERT ON rule_set_version, inventory_version, application, booking_event, audit_entry TO yoyaku_app;
GRANT SELECT, INSERT, UPDATE ON registrant, staff, account, number_sequence, booking, deadline, outbox, mail
    TO yoyaku_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON login_session, cart_item TO yoyaku_app;
GRANT SELECT, INSERT, DELETE ON occupancy TO yoyaku_app;

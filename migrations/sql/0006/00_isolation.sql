-- The one rule of isolation, for every new table of a service: its rows are seen and written only by transactions that
-- name the tenant and the service. (Earlier migrations write the same out, table by table.)
CREATE FUNCTION isolate_by_service(one regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rule constant text := 'tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')'
        || ' AND service_id = nullif(current_setting(''app.service_id'', true), '''')';
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', one);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', one);
    EXECUTE format('CREATE POLICY isolation ON %s USING (%s) WITH CHECK (%s)', one, rule, rule);
END
$$;
REVOKE ALL ON FUNCTION isolate_by_service(regclass) FROM PUBLIC;

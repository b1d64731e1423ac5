-- The dry runs that wait for a worker, over all tenants.
CREATE POLICY due_work ON dry_run FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION due_dry_runs(at_most integer)
RETURNS TABLE (tenant_id text, service_id text, id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT x.tenant_id, x.service_id, x.run_id, x.asked_at FROM dry_run x
    WHERE x.state IN ('waiting', 'running')
    ORDER BY x.asked_at, x.run_id LIMIT at_most
$$;
REVOKE ALL ON FUNCTION due_dry_runs(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_dry_runs(integer) TO yoyaku_app;

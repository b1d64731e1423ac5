-- A payout that our books could not explain is looked at again by itself, in pauses that grow (real time), until it is
-- explained or a clerk has seen to it: what it is of may be known minutes later. Over all tenants, as attempts are.
ALTER TABLE unmatched_money ADD COLUMN next_try_at timestamptz, ADD COLUMN tried integer NOT NULL DEFAULT 0;
CREATE INDEX ix_unmatched_money_try ON unmatched_money (next_try_at)
    WHERE next_try_at IS NOT NULL AND resolved_at IS NULL;
CREATE POLICY due_work ON unmatched_money FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION due_payouts(at_most integer)
RETURNS TABLE (tenant_id text, service_id text, id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT u.tenant_id, u.service_id, u.item_id, u.next_try_at FROM unmatched_money u
    WHERE u.next_try_at <= clock_timestamp() AND u.resolved_at IS NULL
    ORDER BY u.next_try_at, u.item_id LIMIT at_most
$$;
REVOKE ALL ON FUNCTION due_payouts(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_payouts(integer) TO yoyaku_app;

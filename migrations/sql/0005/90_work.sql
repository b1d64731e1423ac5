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

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (
    kind IN ('booking_made', 'booking_confirmed', 'booking_cancelled', 'booking_revoked', 'booking_lapsed',
             'booking_changed', 'booking_reopened', 'booking_restored',
             'registration_applied', 'registration_advanced', 'registration_rejected', 'registration_expiring',
             'registration_expired', 'registration_renewed', 'registration_ended',
             'mail_to_verify', 'mail_changed', 'password_to_set', 'password_changed', 'login_changed',
             'documents_asked', 'group_invited',
             'lottery_entered', 'lottery_withdrawn', 'lottery_reminder', 'lottery_won', 'lottery_lost',
             'lottery_win_reminder', 'lottery_accepted', 'lottery_declined', 'lottery_lapsed', 'lottery_restored',
             'lottery_delayed', 'lottery_undone', 'lottery_revoked',
             'payment_succeeded', 'payment_failed', 'payment_reversed', 'payment_overdue',
             'payment_received_late', 'debit_announced', 'debit_failed', 'arrears_demanded', 'arrears_reminded',
             'arrears_suspended', 'arrears_reinstated',
             'arrears_revoked', 'relief_decided', 'mandate_decided', 'rules_review_asked')
);

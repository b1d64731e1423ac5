ALTER TABLE deadline DROP CONSTRAINT deadline_kind_check;
ALTER TABLE deadline ADD CONSTRAINT deadline_kind_check CHECK (
    kind IN ('booking_lapse', 'registration_expiry', 'registration_reminder', 'registration_retention',
             'document_deletion',
             'lottery_plan', 'lottery_open', 'lottery_remind', 'lottery_seal', 'lottery_draw', 'lottery_announce',
             'lottery_remind_win', 'lottery_lapse', 'lottery_release',
             'payment_due', 'arrears_step', 'debit_prepare')
);

ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (
    kind IN ('booking_made', 'booking_confirmed', 'booking_cancelled', 'booking_revoked', 'booking_lapsed',
             'booking_changed',
             'registration_applied', 'registration_advanced', 'registration_rejected', 'registration_expiring',
             'registration_expired', 'registration_renewed', 'registration_ended',
             'mail_to_verify', 'mail_changed', 'password_to_set', 'password_changed', 'login_changed',
             'documents_asked', 'group_invited',
             'lottery_entered', 'lottery_withdrawn', 'lottery_reminder', 'lottery_won', 'lottery_lost',
             'lottery_win_reminder', 'lottery_accepted', 'lottery_declined', 'lottery_lapsed', 'lottery_restored',
             'lottery_delayed', 'lottery_undone',
             'payment_succeeded', 'payment_failed', 'payment_reversed', 'payment_overdue',
             'payment_received_late', 'debit_announced', 'debit_failed', 'arrears_demanded', 'arrears_reminded',
             'arrears_suspended', 'arrears_reinstated',
             'arrears_revoked', 'relief_decided', 'mandate_decided')
);

DO $policies$
DECLARE
    one text;
    rule constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$
        || $$ AND service_id = nullif(current_setting('app.service_id', true), '')$$;
BEGIN
    FOREACH one IN ARRAY ARRAY['charge', 'charge_change', 'ledger_transaction', 'ledger_posting', 'payment_attempt',
                               'webhook_receipt', 'unmatched_money', 'debit_mandate', 'debit_file', 'debit_row',
                               'cash_close', 'receipt', 'receipt_copy', 'arrears_step', 'suspension',
                               'relief_application']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one, rule, rule);
    END LOOP;
END
$policies$;

GRANT SELECT, INSERT ON charge_change, ledger_transaction, ledger_posting, webhook_receipt, cash_close, receipt,
    receipt_copy, debit_row TO yoyaku_app;
GRANT SELECT, INSERT, UPDATE ON charge, payment_attempt, unmatched_money, debit_mandate, debit_file, arrears_step,
    suspension, relief_application TO yoyaku_app;

-- Attempts that a provider is to be asked about, over all tenants: in real time, whatever a service's clock says.
CREATE POLICY due_work ON payment_attempt FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION due_attempts(at_most integer)
RETURNS TABLE (tenant_id text, service_id text, id uuid, due_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT a.tenant_id, a.service_id, a.attempt_id, a.next_ask_at FROM payment_attempt a
    WHERE a.next_ask_at <= clock_timestamp()
    ORDER BY a.next_ask_at, a.attempt_id LIMIT at_most
$$;
REVOKE ALL ON FUNCTION due_attempts(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_attempts(integer) TO yoyaku_app;

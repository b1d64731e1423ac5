ALTER TABLE deadline DROP CONSTRAINT deadline_kind_check;
ALTER TABLE deadline ADD CONSTRAINT deadline_kind_check CHECK (
    kind IN ('booking_lapse', 'registration_expiry', 'registration_reminder', 'registration_retention',
             'document_deletion',
             'lottery_plan', 'lottery_open', 'lottery_remind', 'lottery_seal', 'lottery_draw', 'lottery_announce',
             'lottery_remind_win', 'lottery_lapse', 'lottery_release')
);
-- What was done besides the steps that a lottery's own row tells, for whoever looks at one.
CREATE INDEX ix_deadline_besides ON deadline (tenant_id, service_id, subject_id)
    WHERE kind IN ('lottery_remind', 'lottery_remind_win', 'lottery_lapse');

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
             'lottery_delayed', 'lottery_undone')
);

DO $policies$
DECLARE
    one text;
    rule constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$
        || $$ AND service_id = nullif(current_setting('app.service_id', true), '')$$;
BEGIN
    FOREACH one IN ARRAY ARRAY['lottery', 'lottery_progress', 'lottery_hold', 'lottery_file', 'signing_key',
                               'lottery_batch', 'lottery_applicant', 'lottery_entry', 'lottery_part', 'lottery_outcome',
                               'lottery_win']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one, rule, rule);
    END LOOP;
END
$policies$;

GRANT SELECT, INSERT, UPDATE ON lottery, lottery_applicant, lottery_entry, lottery_batch TO yoyaku_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON lottery_progress, lottery_win TO yoyaku_app;
GRANT SELECT, INSERT, DELETE ON lottery_hold, lottery_part, lottery_outcome, lottery_file TO yoyaku_app;
GRANT SELECT, INSERT ON signing_key TO yoyaku_app;
-- A win that is accepted becomes a booking without ever letting go of what it holds.
GRANT UPDATE (kind, booking_id, entry_id) ON occupancy TO yoyaku_app;

-- A draw writes many wins at once, and what they occupy is checked against them at the end of the same transaction: by
-- then the planner must know how many there are, or it looks for each among all. Only a table's owner may say so.
CREATE FUNCTION count_lottery_wins() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    ANALYZE public.lottery_win, public.occupancy;
END
$$;
REVOKE ALL ON FUNCTION count_lottery_wins() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_lottery_wins() TO yoyaku_app;

-- Who has not paid is reminded before the last day: the dues of a booking say when, and its deadline follows them, whoever
-- writes them. What a bank debits by itself needs no reminder. When its time has come, it is looked at whether anything is
-- still owed.
CREATE FUNCTION keep_payment_reminder() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    remind_at timestamptz;
BEGIN
    SELECT min(CAST(d ->> 'remind_at' AS timestamptz)) INTO remind_at FROM jsonb_array_elements(NEW.dues) AS d
    HAVING bool_and(d ->> 'collect_on' IS NULL);
    IF remind_at IS NOT NULL THEN
        INSERT INTO deadline (tenant_id, service_id, deadline_id, kind, subject_id, due_at)
        VALUES (NEW.tenant_id, NEW.service_id, gen_random_uuid(), 'payment_reminder', NEW.booking_id, remind_at)
        ON CONFLICT (tenant_id, service_id, kind, subject_id) WHERE done_at IS NULL
        DO UPDATE SET due_at = excluded.due_at, next_try_at = '-infinity';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_payment_reminder_of_new AFTER INSERT ON booking
    FOR EACH ROW WHEN (NEW.dues @? '$[*].remind_at ? (@ != null)') EXECUTE FUNCTION keep_payment_reminder();
CREATE TRIGGER keep_payment_reminder AFTER UPDATE OF dues ON booking
    FOR EACH ROW WHEN (NEW.dues IS DISTINCT FROM OLD.dues AND NEW.dues @? '$[*].remind_at ? (@ != null)')
    EXECUTE FUNCTION keep_payment_reminder();

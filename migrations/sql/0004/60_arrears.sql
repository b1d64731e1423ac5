-- The steps that an unpaid charge has come to (demand, reminder), and who may not use the service because of it.

CREATE TABLE arrears_step (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    charge_id uuid NOT NULL,
    step text NOT NULL,
    reached_at timestamptz NOT NULL,
    pay_by timestamptz,
    outstanding_yen integer NOT NULL CHECK (outstanding_yen > 0),
    -- A letter: when it was printed and handed to the post.
    letter_due boolean NOT NULL DEFAULT false,
    letter_sent_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, charge_id, step),
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge
);
CREATE INDEX ix_arrears_step_letters ON arrears_step (tenant_id, service_id, reached_at)
    WHERE letter_due AND letter_sent_at IS NULL;

CREATE TABLE suspension (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    suspension_id uuid NOT NULL,
    registrant_id uuid NOT NULL,
    cause text NOT NULL CHECK (cause IN ('arrears', 'staff')),
    charge_id uuid,
    -- What somebody did that a member of staff suspends them for; nothing where it is unpaid fees.
    reason text NOT NULL DEFAULT '',
    since timestamptz NOT NULL,
    lifted_at timestamptz,
    lifted_by uuid,
    why text,
    PRIMARY KEY (tenant_id, service_id, suspension_id),
    CHECK ((cause = 'staff') = (reason <> '')),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge,
    FOREIGN KEY (tenant_id, service_id, lifted_by) REFERENCES staff
);
CREATE UNIQUE INDEX uq_suspension_current ON suspension (tenant_id, service_id, registrant_id, cause)
    WHERE lifted_at IS NULL;

-- Once all is paid, or nothing is owed any more, nobody is late.
CREATE FUNCTION end_arrears() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.paid_yen >= NEW.owed_yen - NEW.written_off_yen THEN
        NEW.overdue_since := NULL;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER end_arrears BEFORE UPDATE ON charge FOR EACH ROW EXECUTE FUNCTION end_arrears();

-- Whatever opens a charge, its due date is looked at when it comes; whatever settles a late one, the ladder ends.
CREATE FUNCTION keep_due_work() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted text := CASE
        WHEN NEW.state = 'open' AND NEW.overdue_since IS NULL AND NEW.due_at IS NOT NULL THEN 'payment_due'
        WHEN NEW.overdue_since IS NULL AND TG_OP = 'UPDATE' AND OLD.overdue_since IS NOT NULL THEN 'arrears_step'
    END;
BEGIN
    IF wanted IS NOT NULL THEN
        INSERT INTO deadline (tenant_id, service_id, deadline_id, kind, subject_id, due_at)
        VALUES (NEW.tenant_id, NEW.service_id, gen_random_uuid(), wanted, NEW.charge_id, coalesce(NEW.due_at, NEW.raised_at))
        ON CONFLICT (tenant_id, service_id, kind, subject_id) WHERE done_at IS NULL
        DO UPDATE SET due_at = excluded.due_at, next_try_at = '-infinity';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_due_work_of_new AFTER INSERT ON charge
    FOR EACH ROW WHEN (NEW.due_at IS NOT NULL) EXECUTE FUNCTION keep_due_work();
CREATE TRIGGER keep_due_work AFTER UPDATE ON charge
    FOR EACH ROW WHEN ((NEW.owed_yen, NEW.paid_yen, NEW.written_off_yen, NEW.due_at)
        IS DISTINCT FROM (OLD.owed_yen, OLD.paid_yen, OLD.written_off_yen, OLD.due_at))
    EXECUTE FUNCTION keep_due_work();

-- Whoever is suspended makes no booking and enters no lottery, by whatever way; what was won before is theirs.
CREATE FUNCTION refuse_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM suspension s WHERE (s.tenant_id, s.service_id, s.registrant_id)
            = (NEW.tenant_id, NEW.service_id, NEW.registrant_id) AND s.lifted_at IS NULL)
    THEN
        RAISE EXCEPTION 'Whoever is suspended neither books nor enters'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'not_suspended';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER refuse_suspended BEFORE INSERT ON booking
    FOR EACH ROW WHEN (NEW.arose = 'first_come') EXECUTE FUNCTION refuse_suspended();
CREATE TRIGGER refuse_suspended BEFORE INSERT ON lottery_applicant
    FOR EACH ROW EXECUTE FUNCTION refuse_suspended();

-- What is owed for a booking, every change of it, and the ledger in which each yen stands twice.

-- Whose money it is; when a change of price was decided; how what is kept after an end is taxed.
ALTER TABLE booking
    ADD COLUMN payee text NOT NULL DEFAULT 'city',
    ADD COLUMN changed_at timestamptz,
    ADD COLUMN kept_tax text NOT NULL DEFAULT 'out_of_scope' CHECK (kept_tax IN ('included', 'exempt', 'out_of_scope'));

-- refund_yen says what an end promised; what is paid becomes less when it has gone back.
ALTER TABLE booking DROP CONSTRAINT booking_check, ADD CONSTRAINT booking_refund_yen_check CHECK (refund_yen >= 0);

-- One for each booking that ever cost something; its id is the booking's.
CREATE TABLE charge (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    charge_id uuid NOT NULL,
    number text NOT NULL,
    registrant_id uuid NOT NULL,
    payer_id uuid,
    payee text NOT NULL,
    raised_at timestamptz NOT NULL,
    fiscal_year smallint NOT NULL,
    owed_yen integer NOT NULL CHECK (owed_yen >= 0),
    paid_yen integer NOT NULL DEFAULT 0 CHECK (paid_yen >= 0),
    -- Given up for good (不納欠損): neither paid nor owed any more.
    written_off_yen integer NOT NULL DEFAULT 0 CHECK (written_off_yen BETWEEN 0 AND owed_yen),
    state text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN paid_yen < owed_yen - written_off_yen THEN 'open'
             WHEN paid_yen > owed_yen - written_off_yen THEN 'refundable' ELSE 'settled' END
    ) STORED,
    -- Until when it must be paid by the way that was chosen or holds by itself; nothing where no rule says so.
    method text,
    due_at timestamptz,
    overdue_since timestamptz,
    PRIMARY KEY (tenant_id, service_id, charge_id),
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES booking,
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, payer_id) REFERENCES registrant
);
CREATE INDEX ix_charge_registrant ON charge (tenant_id, service_id, registrant_id) WHERE state <> 'settled';
CREATE INDEX ix_charge_payer ON charge (tenant_id, service_id, payer_id);
CREATE INDEX ix_charge_open ON charge (tenant_id, service_id, due_at) WHERE state = 'open';

CREATE TABLE charge_change (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    charge_id uuid NOT NULL,
    change_id uuid NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind IN ('raised', 'changed', 'ended')),
    before_yen integer NOT NULL,
    owed_yen integer NOT NULL,
    lines jsonb NOT NULL,
    PRIMARY KEY (tenant_id, service_id, charge_id, change_id),
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge
);

-- key says which act is posted: the same act cannot be posted twice.
CREATE TABLE ledger_transaction (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    transaction_id uuid NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    fiscal_year smallint NOT NULL,
    -- Of which year it is income, or out of which year's it is paid back, where that is another; and from what a refund is
    -- paid: out of income (戻出) while that year's books are open, else as an expense.
    income_year smallint,
    refunded_from text CHECK (refunded_from IN ('income', 'expenditure')),
    charge_id uuid,
    attempt_id uuid,
    note text,
    PRIMARY KEY (tenant_id, service_id, transaction_id),
    CONSTRAINT uq_ledger_transaction_key UNIQUE (tenant_id, service_id, key),
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge
);
CREATE INDEX ix_ledger_transaction_charge ON ledger_transaction (tenant_id, service_id, charge_id);
CREATE INDEX ix_ledger_transaction_at ON ledger_transaction (tenant_id, service_id, at);

-- yen is positive in debit, negative in credit. provider is who holds the money (a plugin with its profile, a facility's till).
CREATE TABLE ledger_posting (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    transaction_id uuid NOT NULL,
    line smallint NOT NULL CHECK (line >= 1),
    account text NOT NULL CHECK (
        account IN ('receivable', 'usage_fee', 'cancellation_kept', 'cash', 'clearing', 'bank', 'suspense', 'credit',
                    'differences', 'written_off')
    ),
    payee text NOT NULL,
    provider text,
    charge_id uuid,
    yen bigint NOT NULL CHECK (yen <> 0),
    PRIMARY KEY (tenant_id, service_id, transaction_id, line),
    CHECK ((account = 'receivable') = (charge_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, transaction_id) REFERENCES ledger_transaction,
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge
);
CREATE INDEX ix_ledger_posting_charge ON ledger_posting (tenant_id, service_id, charge_id) WHERE charge_id IS NOT NULL;
CREATE INDEX ix_ledger_posting_account ON ledger_posting (tenant_id, service_id, account, payee);

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON charge_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Debit and credit are equal in each transaction, for each payee. Its lines are numbered from one without a gap, so that
-- the first two stand when it does, and whatever is added later is looked at by its own trigger.
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(per.lines) >= 2 AND max(per.last) = sum(per.lines) AND bool_and(per.yen = 0)
        FROM (SELECT count(*) AS lines, max(p.line) AS last, sum(p.yen) AS yen FROM ledger_posting p
              WHERE (p.tenant_id, p.service_id, p.transaction_id)
                  = (NEW.tenant_id, NEW.service_id, NEW.transaction_id) GROUP BY p.payee) AS per) IS NOT TRUE
    THEN
        RAISE EXCEPTION 'A transaction of the ledger does not balance'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'ledger_balanced';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced();
CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.line > 2) EXECUTE FUNCTION refuse_unbalanced();

-- What a charge says is owed and paid is what the ledger says, and what its booking says.
CREATE FUNCTION refuse_other_books() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.charge_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM charge c JOIN booking b ON (b.tenant_id, b.service_id, b.booking_id)
            = (c.tenant_id, c.service_id, c.charge_id)
        WHERE (c.tenant_id, c.service_id, c.charge_id) = (NEW.tenant_id, NEW.service_id, NEW.charge_id)
          AND b.paid_yen = c.paid_yen
          AND c.owed_yen - c.written_off_yen - c.paid_yen = (
              SELECT coalesce(sum(p.yen), 0) FROM ledger_posting p
              WHERE (p.tenant_id, p.service_id, p.charge_id) = (NEW.tenant_id, NEW.service_id, NEW.charge_id)
                AND p.account = 'receivable')
    ) THEN
        RAISE EXCEPTION 'A charge, its booking and the ledger differ'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'charge_agrees';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER charge_agrees AFTER INSERT OR UPDATE ON charge
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_other_books();
CREATE CONSTRAINT TRIGGER charge_agrees AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.account = 'receivable')
    EXECUTE FUNCTION refuse_other_books();

-- A booking says it is paid only as far as its charge does.
CREATE FUNCTION refuse_unrecorded_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT b.paid_yen FROM booking b WHERE (b.tenant_id, b.service_id, b.booking_id)
            = (NEW.tenant_id, NEW.service_id, NEW.booking_id))
       <> coalesce((SELECT c.paid_yen FROM charge c WHERE (c.tenant_id, c.service_id, c.charge_id)
            = (NEW.tenant_id, NEW.service_id, NEW.booking_id)), 0)
    THEN
        RAISE EXCEPTION 'A booking is paid by an attempt of its charge only'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'booking_paid_by_charge';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER booking_paid_by_charge AFTER UPDATE OF paid_yen ON booking
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.paid_yen <> OLD.paid_yen)
    EXECUTE FUNCTION refuse_unrecorded_payment();
CREATE CONSTRAINT TRIGGER booking_begins_unpaid AFTER INSERT ON booking
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.paid_yen <> 0)
    EXECUTE FUNCTION refuse_unrecorded_payment();

CREATE FUNCTION fiscal_year_of(of_tenant text, at timestamptz) RETURNS smallint LANGUAGE sql STABLE AS $$
    SELECT extract(year FROM (at AT TIME ZONE t.time_zone) - interval '3 months')::smallint
    FROM tenant t WHERE t.tenant_id = of_tenant
$$;

-- By which way, and until when, a fee is to be paid at the latest; nothing where no way names a moment.
CREATE FUNCTION latest_due(dues jsonb, OUT method text, OUT due_at timestamptz) LANGUAGE sql STABLE AS $$
    SELECT d ->> 'method', CAST(d ->> 'due_at' AS timestamptz) FROM jsonb_array_elements(dues) AS d
    WHERE d ->> 'due_at' IS NOT NULL ORDER BY 2 DESC LIMIT 1
$$;

-- What was given up is owed again: where the debt has become less than that, or somebody pays after all.
CREATE FUNCTION take_back_writing_off(of_tenant text, of_service text, of_charge uuid, yen integer, at timestamptz)
    RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    new_transaction uuid := gen_random_uuid();
BEGIN
    INSERT INTO ledger_transaction (tenant_id, service_id, transaction_id, key, kind, at, fiscal_year, charge_id)
    VALUES (of_tenant, of_service, new_transaction, 'owed_again:' || new_transaction, 'owed_again', at,
            fiscal_year_of(of_tenant, at), of_charge);
    INSERT INTO ledger_posting (tenant_id, service_id, transaction_id, line, account, payee, charge_id, yen)
    SELECT of_tenant, of_service, new_transaction, p.line, p.account, c.payee, p.charge_id, p.yen
    FROM charge c, (VALUES (1, 'receivable', of_charge, yen), (2, 'written_off', NULL, -yen))
        AS p (line, account, charge_id, yen)
    WHERE (c.tenant_id, c.service_id, c.charge_id) = (of_tenant, of_service, of_charge);
    UPDATE charge c SET written_off_yen = written_off_yen - yen
        WHERE (c.tenant_id, c.service_id, c.charge_id) = (of_tenant, of_service, of_charge);
END
$$;

-- Whatever writes a booking's price or end, its charge and the ledger follow in the same statement: no path forgets it.
CREATE FUNCTION keep_charge() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owed integer := CASE WHEN NEW.ended_at IS NULL THEN NEW.total_yen ELSE coalesce(NEW.kept_yen, 0) END;
    before integer;
    given_up integer := 0;
    happened text := CASE WHEN NEW.ended_at IS NULL THEN 'changed' ELSE 'ended' END;
    raised_at timestamptz := coalesce(NEW.changed_at, NEW.made_at);
    happened_at timestamptz := coalesce(NEW.ended_at, raised_at);
    kept_as text := CASE NEW.kept_tax WHEN 'out_of_scope' THEN 'cancellation_kept' ELSE 'usage_fee' END;
    year smallint;
    new_transaction uuid := gen_random_uuid();
    due record;
BEGIN
    SELECT * INTO due FROM latest_due(NEW.dues);
    IF TG_OP = 'UPDATE' THEN
        SELECT c.owed_yen, c.written_off_yen INTO before, given_up FROM charge c
            WHERE (c.tenant_id, c.service_id, c.charge_id) = (NEW.tenant_id, NEW.service_id, NEW.booking_id) FOR UPDATE;
    END IF;
    year := fiscal_year_of(NEW.tenant_id, happened_at);
    IF before IS NULL THEN
        IF owed = 0 THEN
            RETURN NULL;
        END IF;
        before := 0;
        INSERT INTO charge (tenant_id, service_id, charge_id, number, registrant_id, payer_id, payee, raised_at,
                            fiscal_year, owed_yen, method, due_at)
        VALUES (NEW.tenant_id, NEW.service_id, NEW.booking_id, NEW.number, NEW.registrant_id, NEW.payer_id, NEW.payee,
                raised_at, CASE raised_at WHEN happened_at THEN year ELSE fiscal_year_of(NEW.tenant_id, raised_at) END,
                owed, due.method, due.due_at);
        happened := 'raised';
    ELSE
        IF given_up > owed THEN
            PERFORM take_back_writing_off(NEW.tenant_id, NEW.service_id, NEW.booking_id, given_up - owed, happened_at);
        END IF;
        UPDATE charge c SET owed_yen = owed, payer_id = NEW.payer_id, method = due.method, due_at = due.due_at
            WHERE (c.tenant_id, c.service_id, c.charge_id) = (NEW.tenant_id, NEW.service_id, NEW.booking_id)
              AND (c.owed_yen, c.payer_id, c.method, c.due_at)
                  IS DISTINCT FROM (owed, NEW.payer_id, due.method, due.due_at);
    END IF;
    IF before = owed AND (happened = 'changed' OR kept_as = 'usage_fee' OR owed = 0) THEN
        RETURN NULL;
    END IF;
    INSERT INTO charge_change (tenant_id, service_id, charge_id, change_id, at, kind, before_yen, owed_yen, lines)
    VALUES (NEW.tenant_id, NEW.service_id, NEW.booking_id, new_transaction, happened_at, happened, before, owed, NEW.lines);
    INSERT INTO ledger_transaction (tenant_id, service_id, transaction_id, key, kind, at, fiscal_year, charge_id)
    VALUES (NEW.tenant_id, NEW.service_id, new_transaction, 'charge:' || new_transaction, 'charge_' || happened,
            happened_at, year, NEW.booking_id);
    IF happened = 'ended' AND kept_as <> 'usage_fee' AND owed > 0 THEN
        INSERT INTO ledger_posting (tenant_id, service_id, transaction_id, line, account, payee, charge_id, yen)
        SELECT NEW.tenant_id, NEW.service_id, new_transaction, row_number() OVER (ORDER BY p.line), p.account, NEW.payee,
               p.charge_id, p.yen
        FROM (VALUES (1, 'receivable', NEW.booking_id, owed - before), (2, 'usage_fee', NULL, before),
                     (3, kept_as, NULL, -owed)) AS p (line, account, charge_id, yen)
        WHERE p.yen <> 0;
    ELSE
        INSERT INTO ledger_posting (tenant_id, service_id, transaction_id, line, account, payee, charge_id, yen)
        VALUES (NEW.tenant_id, NEW.service_id, new_transaction, 1, 'receivable', NEW.payee, NEW.booking_id, owed - before),
               (NEW.tenant_id, NEW.service_id, new_transaction, 2, 'usage_fee', NEW.payee, NULL, before - owed);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER keep_charge_of_new AFTER INSERT ON booking
    FOR EACH ROW WHEN (NEW.total_yen > 0) EXECUTE FUNCTION keep_charge();
CREATE TRIGGER keep_charge AFTER UPDATE OF total_yen, kept_yen, ended_at, payer_id, dues ON booking
    FOR EACH ROW WHEN ((NEW.total_yen, NEW.kept_yen, NEW.ended_at, NEW.payer_id, NEW.dues)
        IS DISTINCT FROM (OLD.total_yen, OLD.kept_yen, OLD.ended_at, OLD.payer_id, OLD.dues)) EXECUTE FUNCTION keep_charge();

-- The tills: what was counted at the end of a day, against what the books say came in.

CREATE TABLE cash_close (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    close_id uuid NOT NULL,
    facility_id text NOT NULL,
    payee text NOT NULL,
    closed_on date NOT NULL,
    expected_yen integer NOT NULL,
    -- Beyond the float that stays in the till; below nothing where more was given back than taken.
    counted_yen integer NOT NULL,
    difference_yen integer NOT NULL GENERATED ALWAYS AS (counted_yen - expected_yen) STORED,
    why text,
    at timestamptz NOT NULL,
    entered_by uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, close_id),
    CHECK (counted_yen = expected_yen OR why IS NOT NULL),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff
);
CREATE INDEX ix_cash_close_day ON cash_close (tenant_id, service_id, closed_on);
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON cash_close
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE payment_attempt
    ADD COLUMN close_id uuid,
    ADD CONSTRAINT payment_attempt_close_fkey FOREIGN KEY (tenant_id, service_id, close_id) REFERENCES cash_close;
CREATE INDEX ix_payment_attempt_close ON payment_attempt (tenant_id, service_id, close_id);
CREATE INDEX ix_payment_attempt_till ON payment_attempt (tenant_id, service_id, facility_id)
    WHERE close_id IS NULL AND plugin = 'payment-cash' AND state = 'succeeded';

-- What was counted once stays in that close.
CREATE FUNCTION refuse_other_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cash that was counted stays in its close'
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'payment_attempt_closed';
END
$$;
CREATE TRIGGER payment_attempt_closed BEFORE UPDATE ON payment_attempt
    FOR EACH ROW WHEN (OLD.close_id IS NOT NULL AND NEW.close_id IS DISTINCT FROM OLD.close_id)
    EXECUTE FUNCTION refuse_other_close();

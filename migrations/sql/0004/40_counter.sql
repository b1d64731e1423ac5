-- The tills: what was counted at the end of a day, against what the books say came in.

CREATE TABLE cash_close (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    close_id uuid NOT NULL,
    facility_id text NOT NULL,
    payee text NOT NULL,
    closed_on date NOT NULL,
    expected_yen integer NOT NULL,
    counted_yen integer NOT NULL CHECK (counted_yen >= 0),
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

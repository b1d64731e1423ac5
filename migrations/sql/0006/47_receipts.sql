-- Receipts name people, and are kept as long as the law wants copies of invoices: seven years from two months after the end of
-- the tax period (Consumption Tax Act enforcement order, art. 70-13), which ends within twelve months of the day of issue.
-- 98 months after that day they may go, and not a day before; changed they are never.
DROP TRIGGER immutable ON receipt;
DROP TRIGGER immutable ON receipt_copy;
CREATE TRIGGER immutable BEFORE UPDATE OR TRUNCATE ON receipt FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR TRUNCATE ON receipt_copy FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_early_removal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM receipt r JOIN service s USING (tenant_id, service_id)
        WHERE (r.tenant_id, r.service_id, r.receipt_id) = (OLD.tenant_id, OLD.service_id, OLD.receipt_id)
          AND r.issued_at > clock_timestamp() + make_interval(secs => s.clock_offset_seconds) - interval '98 months')
    THEN
        RAISE EXCEPTION 'A receipt is kept for 98 months'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'receipt_kept';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION refuse_early_removal();
CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt_copy FOR EACH ROW EXECUTE FUNCTION refuse_early_removal();

CREATE INDEX ix_receipt_issued_at ON receipt (tenant_id, service_id, issued_at);
GRANT DELETE ON receipt, receipt_copy TO yoyaku_app;

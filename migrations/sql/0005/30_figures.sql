-- What figures are counted from: uses that nobody came to, and the ways to what a span of months is counted by.

-- A clerk marked it after its time: nobody came, and nobody had cancelled. Taken back by emptying both.
ALTER TABLE booking
    ADD COLUMN no_show_at timestamptz,
    ADD COLUMN no_show_by uuid,
    ADD CONSTRAINT booking_no_show_check CHECK ((no_show_at IS NULL) = (no_show_by IS NULL)),
    ADD CONSTRAINT booking_no_show_by_fkey FOREIGN KEY (tenant_id, service_id, no_show_by)
        REFERENCES staff (tenant_id, service_id, staff_id);

CREATE INDEX ix_booking_use_on ON booking (tenant_id, service_id, use_on);
CREATE INDEX ix_booking_made_at ON booking (tenant_id, service_id, made_at);
CREATE INDEX ix_booking_ended_at ON booking (tenant_id, service_id, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX ix_registrant_registered ON registrant (tenant_id, service_id, registered_at);

-- How a booking arose, from which entry, and the moments of its lottery that its due dates hang on.
ALTER TABLE booking
    ADD COLUMN arose text NOT NULL DEFAULT 'first_come' CHECK (arose IN ('first_come', 'lottery')),
    ADD COLUMN entry_id uuid,
    ADD COLUMN anchors jsonb NOT NULL DEFAULT '{}',
    ADD CONSTRAINT booking_arose_entry CHECK ((arose = 'lottery') = (entry_id IS NOT NULL)),
    ADD CONSTRAINT booking_entry_fkey FOREIGN KEY (tenant_id, service_id, entry_id) REFERENCES lottery_entry;
CREATE INDEX ix_booking_entry ON booking (tenant_id, service_id, entry_id);

-- What a win occupies until it is accepted and becomes the booking's.
ALTER TABLE occupancy DROP CONSTRAINT occupancy_kind_check;
ALTER TABLE occupancy ADD COLUMN entry_id uuid,
    ADD CONSTRAINT occupancy_kind_check CHECK (kind IN ('booking', 'closure', 'official', 'lottery')),
    ADD CONSTRAINT occupancy_kind_entry CHECK ((kind = 'lottery') = (entry_id IS NOT NULL)),
    ADD CONSTRAINT occupancy_win_fkey FOREIGN KEY (tenant_id, service_id, entry_id) REFERENCES lottery_win
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX ix_occupancy_entry ON occupancy (tenant_id, service_id, entry_id) WHERE entry_id IS NOT NULL;
DROP INDEX ix_occupancy_booking;
CREATE INDEX ix_occupancy_booking ON occupancy (tenant_id, service_id, booking_id) WHERE booking_id IS NOT NULL;

-- Nobody books by first come what a lottery holds. (A win becomes a booking by an update, which this does not see.)
CREATE FUNCTION refuse_held_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM taken t JOIN lottery_hold h USING (tenant_id, resource_id, use_on) WHERE t.kind = 'booking'
    ) THEN
        RAISE EXCEPTION 'These days are held for a lottery'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'occupancy_not_held';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER occupancy_not_held AFTER INSERT ON occupancy
    REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION refuse_held_days();

-- Closures and official use, which occupy like bookings do; what the application may change of facilities; photographs.

-- Times of a facility that the city takes for itself. Minutes count from the midnight of each day; a night that a day
-- begins is taken whole. places: "<space>" or "<space>#<part>"; none: all of the facility.
CREATE TABLE closure (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    closure_id uuid NOT NULL,
    facility_id text NOT NULL,
    places text[] NOT NULL DEFAULT '{}',
    kind text NOT NULL CHECK (kind IN ('closure', 'official')),
    first_on date NOT NULL,
    last_on date NOT NULL,
    starts_minute smallint NOT NULL DEFAULT 0 CHECK (starts_minute >= 0),
    ends_minute smallint NOT NULL DEFAULT 1440 CHECK (ends_minute <= 1440),
    -- The code of the rules by which bookings were revoked; empty where none stood in the way.
    grounds text NOT NULL DEFAULT '',
    -- What residents read, by language.
    reason jsonb NOT NULL,
    displaced integer NOT NULL DEFAULT 0 CHECK (displaced >= 0),
    applied_at timestamptz NOT NULL,
    applied_by uuid NOT NULL,
    ended_at timestamptz,
    ended_by uuid,
    end_reason text,
    PRIMARY KEY (tenant_id, service_id, closure_id),
    CHECK (last_on >= first_on),
    CHECK (ends_minute > starts_minute),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)),
    FOREIGN KEY (tenant_id, service_id, facility_id) REFERENCES facility (tenant_id, service_id, facility_id),
    FOREIGN KEY (tenant_id, service_id, applied_by) REFERENCES staff (tenant_id, service_id, staff_id),
    FOREIGN KEY (tenant_id, service_id, ended_by) REFERENCES staff (tenant_id, service_id, staff_id)
);
CREATE INDEX ix_closure_days ON closure (tenant_id, service_id, facility_id, last_on);

-- Whose booking or win had to go for a closure.
CREATE TABLE closure_displaced (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    closure_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('booking', 'win')),
    subject_id uuid NOT NULL,
    refund_yen integer NOT NULL DEFAULT 0 CHECK (refund_yen >= 0),
    PRIMARY KEY (tenant_id, service_id, closure_id, kind, subject_id),
    FOREIGN KEY (tenant_id, service_id, closure_id) REFERENCES closure
);

-- A win that the city takes back with the place is not one that was declined.
ALTER TABLE lottery_win DROP CONSTRAINT lottery_win_state_check, ADD CONSTRAINT lottery_win_state_check
    CHECK (state IN ('won', 'accepted', 'declined', 'lapsed', 'revoked'));

ALTER TABLE occupancy ADD COLUMN closure_id uuid,
    ADD CONSTRAINT occupancy_kind_closure CHECK (closure_id IS NULL OR kind IN ('closure', 'official')),
    ADD CONSTRAINT occupancy_closure_fkey FOREIGN KEY (tenant_id, service_id, closure_id) REFERENCES closure;
CREATE INDEX ix_occupancy_closure ON occupancy (tenant_id, service_id, closure_id) WHERE closure_id IS NOT NULL;

-- As they are shown: written anew from what was sent, so that nothing hidden travels along.
CREATE TABLE facility_photo (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    photo_id uuid NOT NULL,
    facility_id text NOT NULL,
    place integer NOT NULL CHECK (place >= 1),
    media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png')),
    content bytea NOT NULL CHECK (octet_length(content) <= 2000000),
    width integer NOT NULL CHECK (width >= 1),
    height integer NOT NULL CHECK (height >= 1),
    -- What it shows, for those who do not see it, by language.
    alt jsonb NOT NULL,
    added_at timestamptz NOT NULL,
    added_by uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, photo_id),
    CONSTRAINT uq_facility_photo_place UNIQUE (tenant_id, service_id, facility_id, place),
    FOREIGN KEY (tenant_id, service_id, facility_id) REFERENCES facility (tenant_id, service_id, facility_id),
    FOREIGN KEY (tenant_id, service_id, added_by) REFERENCES staff (tenant_id, service_id, staff_id)
);

DO $policies$
DECLARE
    one text;
    rule constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$
        || $$ AND service_id = nullif(current_setting('app.service_id', true), '')$$;
BEGIN
    FOREACH one IN ARRAY ARRAY['closure', 'closure_displaced', 'facility_photo']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one, rule, rule);
    END LOOP;
END
$policies$;

GRANT SELECT, INSERT, UPDATE ON closure TO yoyaku_app;
GRANT SELECT, INSERT ON closure_displaced TO yoyaku_app;
GRANT SELECT, INSERT, DELETE ON facility_photo TO yoyaku_app;
GRANT INSERT, UPDATE ON facility, resource, resource_unit TO yoyaku_app;
GRANT INSERT ON space TO yoyaku_app;

-- What cities ask of people. Everything is added beside what is there, so that the release before runs on.

ALTER TABLE registrant
    ADD COLUMN birth_date date,
    ADD COLUMN postcode text,
    ADD COLUMN address text,
    ADD COLUMN phone_key text,
    -- Answers to the further questions of the form, by code.
    ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN consents jsonb NOT NULL DEFAULT '{}',
    -- A keyed hash of the folded name and the birth date: one registration per person, where the rules say so.
    ADD COLUMN person_key bytea,
    ADD COLUMN mail_verified_at timestamptz,
    -- An address that waits for its link to be followed; until then the old one holds.
    ADD COLUMN email_wanted text,
    -- Until when the link to verify it, or the first address, is good (real time).
    ADD COLUMN email_wanted_until timestamptz,
    ADD COLUMN stage_since timestamptz,
    -- Expiry dates by code: the last day on which it holds.
    ADD COLUMN expiries jsonb NOT NULL DEFAULT '{}',
    -- Who pays for a group, where it is another registration.
    ADD COLUMN payer_id uuid,
    -- The last day on which somebody logged in, booked or used: retention counts from it.
    ADD COLUMN active_on date,
    ADD COLUMN anonymised_at timestamptz,
    ADD CONSTRAINT registrant_payer_fkey FOREIGN KEY (tenant_id, service_id, payer_id) REFERENCES registrant,
    ADD CONSTRAINT registrant_verified_has_mail CHECK (mail_verified_at IS NULL OR email IS NOT NULL);
CREATE UNIQUE INDEX uq_registrant_person ON registrant (tenant_id, service_id, person_key) WHERE person_key IS NOT NULL;
CREATE INDEX ix_registrant_phone ON registrant (tenant_id, service_id, phone_key);
CREATE INDEX ix_registrant_active ON registrant (tenant_id, service_id, active_on) WHERE anonymised_at IS NULL;

-- Who registered before there was a link to follow goes on as they were.
ALTER TABLE registrant NO FORCE ROW LEVEL SECURITY;
UPDATE registrant SET mail_verified_at = CASE WHEN email IS NOT NULL THEN registered_at END,
                      stage_since = registered_at, active_on = registered_at::date;
ALTER TABLE registrant FORCE ROW LEVEL SECURITY;

ALTER TABLE staff
    -- Codes of the facilities that somebody works for; empty: all of the service.
    ADD COLUMN facilities text[] NOT NULL DEFAULT '{}',
    ADD COLUMN email text,
    ADD COLUMN ended_at timestamptz;

CREATE TABLE group_member (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    member_id uuid NOT NULL,
    group_id uuid NOT NULL,
    name text NOT NULL,
    kana text NOT NULL DEFAULT '',
    role text NOT NULL CHECK (role IN ('representative', 'contact_person', 'member')),
    state text NOT NULL CHECK (state IN ('listed', 'invited', 'linked', 'ended')),
    -- The member's own registration, where the two are linked.
    registrant_id uuid,
    may_act boolean NOT NULL DEFAULT false,
    may_pay boolean NOT NULL DEFAULT false,
    added_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, member_id),
    CHECK ((state = 'linked') <= (registrant_id IS NOT NULL)),
    CHECK (registrant_id IS DISTINCT FROM group_id),
    FOREIGN KEY (tenant_id, service_id, group_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant
);
CREATE UNIQUE INDEX uq_group_member_linked ON group_member (tenant_id, service_id, group_id, registrant_id)
    WHERE state IN ('invited', 'linked');
CREATE UNIQUE INDEX uq_group_representative ON group_member (tenant_id, service_id, group_id)
    WHERE role = 'representative' AND state <> 'ended';
CREATE INDEX ix_group_member_registrant ON group_member (tenant_id, service_id, registrant_id);

-- Who pays for a booking, where it is not the one whose booking it is.
ALTER TABLE booking
    ADD COLUMN payer_id uuid,
    ADD CONSTRAINT booking_payer_fkey FOREIGN KEY (tenant_id, service_id, payer_id) REFERENCES registrant;
CREATE INDEX ix_booking_payer ON booking (tenant_id, service_id, payer_id);

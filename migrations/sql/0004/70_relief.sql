-- Reductions and exemptions that somebody asked for, and what was decided.

CREATE TABLE relief_application (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    relief_id uuid NOT NULL,
    booking_id uuid NOT NULL,
    code text NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn')),
    grounds text NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    why text,
    PRIMARY KEY (tenant_id, service_id, relief_id),
    CHECK ((state IN ('approved', 'refused')) = (decided_by IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, booking_id) REFERENCES booking,
    FOREIGN KEY (tenant_id, service_id, decided_by) REFERENCES staff
);
CREATE UNIQUE INDEX uq_relief_application_open ON relief_application (tenant_id, service_id, booking_id)
    WHERE state IN ('asked', 'approved');
CREATE INDEX ix_relief_application_asked ON relief_application (tenant_id, service_id, asked_at) WHERE state = 'asked';

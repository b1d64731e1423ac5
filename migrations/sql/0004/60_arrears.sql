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
    since timestamptz NOT NULL,
    lifted_at timestamptz,
    lifted_by uuid,
    why text,
    PRIMARY KEY (tenant_id, service_id, suspension_id),
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant,
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge,
    FOREIGN KEY (tenant_id, service_id, lifted_by) REFERENCES staff
);
CREATE UNIQUE INDEX uq_suspension_current ON suspension (tenant_id, service_id, registrant_id, cause)
    WHERE lifted_at IS NULL;

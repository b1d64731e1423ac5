-- Payments and refunds as attempts, what came to the webhooks, and money that a person must look at.

-- An attempt's amount never changes; its state goes forward only. counted says whether it moved what the charge says is
-- paid: money that comes late or twice does not, and waits for a person.
CREATE TABLE payment_attempt (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    attempt_id uuid NOT NULL,
    charge_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payment', 'refund')),
    -- The payment that a refund gives back.
    of_attempt_id uuid,
    -- A reversal and the recharge that belongs to it share one.
    settlement_id uuid NOT NULL,
    method text NOT NULL,
    plugin text NOT NULL,
    profile text,
    choice text,
    payee text NOT NULL,
    amount_yen integer NOT NULL CHECK (amount_yen > 0),
    state text NOT NULL CHECK (state IN ('created', 'pending', 'succeeded', 'failed', 'cancelled', 'expired')),
    counted boolean NOT NULL DEFAULT false,
    -- What really moved, where that differs from what was asked for.
    moved_yen integer CHECK (moved_yen > 0),
    collection_number text,
    provider_ref text,
    -- What the payer does next (an address, numbers), as the page shows it again.
    step jsonb,
    detail jsonb NOT NULL DEFAULT '{}',
    failure text,
    facility_id text,
    entered_by uuid,
    why text,
    -- Business time; expires_at and next_ask_at are real time, as the provider's is.
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    expires_at timestamptz,
    next_ask_at timestamptz,
    asked integer NOT NULL DEFAULT 0,
    -- When its payer last made us ask (real time).
    looked_at timestamptz,
    last_error text,
    PRIMARY KEY (tenant_id, service_id, attempt_id),
    CONSTRAINT uq_payment_attempt_number UNIQUE (tenant_id, service_id, collection_number),
    CHECK ((kind = 'refund') = (of_attempt_id IS NOT NULL)),
    CHECK ((state IN ('created', 'pending')) = (ended_at IS NULL)),
    CHECK (NOT counted OR state = 'succeeded'),
    FOREIGN KEY (tenant_id, service_id, charge_id) REFERENCES charge,
    FOREIGN KEY (tenant_id, service_id, of_attempt_id) REFERENCES payment_attempt,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff
);
CREATE INDEX ix_payment_attempt_charge ON payment_attempt (tenant_id, service_id, charge_id);
CREATE INDEX ix_payment_attempt_of ON payment_attempt (tenant_id, service_id, of_attempt_id);
CREATE INDEX ix_payment_attempt_ask ON payment_attempt (next_ask_at) WHERE next_ask_at IS NOT NULL;
-- Nobody pays the same charge by two ways at once.
CREATE UNIQUE INDEX uq_payment_attempt_open ON payment_attempt (tenant_id, service_id, charge_id)
    WHERE kind = 'payment' AND state IN ('created', 'pending');
CREATE UNIQUE INDEX uq_payment_attempt_ref ON payment_attempt (tenant_id, service_id, plugin, kind, provider_ref)
    WHERE provider_ref IS NOT NULL;

CREATE FUNCTION refuse_other_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.charge_id, NEW.kind, NEW.of_attempt_id, NEW.settlement_id, NEW.plugin, NEW.payee, NEW.amount_yen)
        IS DISTINCT FROM (OLD.charge_id, OLD.kind, OLD.of_attempt_id, OLD.settlement_id, OLD.plugin, OLD.payee, OLD.amount_yen)
       OR (OLD.state = 'succeeded' AND NEW.state <> 'succeeded')
       OR (OLD.state NOT IN ('created', 'pending') AND NEW.state IN ('created', 'pending'))
       OR (OLD.counted AND NOT NEW.counted)
    THEN
        RAISE EXCEPTION 'An attempt that went on is never made another'
            USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'payment_attempt_forward';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payment_attempt_forward BEFORE UPDATE ON payment_attempt
    FOR EACH ROW EXECUTE FUNCTION refuse_other_attempt();

-- No payment is given back more than once over, and a charge's paid amount is the sum of what counted.
CREATE FUNCTION refuse_wrong_sums() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'refund' AND (
        SELECT coalesce(sum(r.amount_yen), 0) FROM payment_attempt r
        WHERE (r.tenant_id, r.service_id, r.of_attempt_id) = (NEW.tenant_id, NEW.service_id, NEW.of_attempt_id)
          AND r.state IN ('created', 'pending', 'succeeded')
    ) > (
        SELECT coalesce(p.moved_yen, p.amount_yen) FROM payment_attempt p
        WHERE (p.tenant_id, p.service_id, p.attempt_id) = (NEW.tenant_id, NEW.service_id, NEW.of_attempt_id)
          AND p.kind = 'payment' AND p.state = 'succeeded'
    ) THEN
        RAISE EXCEPTION 'More would be given back than was paid'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'refund_within_payment';
    END IF;
    IF (
        SELECT coalesce(sum(CASE a.kind WHEN 'payment' THEN a.amount_yen ELSE -a.amount_yen END), 0)
        FROM payment_attempt a
        WHERE (a.tenant_id, a.service_id, a.charge_id) = (NEW.tenant_id, NEW.service_id, NEW.charge_id) AND a.counted
    ) <> (
        SELECT c.paid_yen FROM charge c
        WHERE (c.tenant_id, c.service_id, c.charge_id) = (NEW.tenant_id, NEW.service_id, NEW.charge_id)
    ) THEN
        RAISE EXCEPTION 'A charge is paid by what counted, and by nothing else'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'charge_paid_by_attempts';
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER attempt_sums AFTER INSERT OR UPDATE ON payment_attempt
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_wrong_sums();

-- What came to a webhook, and what was made of it. A believed one only makes the platform ask.
CREATE TABLE webhook_receipt (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    webhook_id uuid NOT NULL,
    plugin text NOT NULL,
    profile text,
    event_id text,
    attempt_id uuid,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'replayed', 'forged', 'stale', 'malformed', 'unknown')),
    body_digest bytea NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, service_id, webhook_id),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service
);
CREATE UNIQUE INDEX uq_webhook_receipt_event ON webhook_receipt (tenant_id, service_id, plugin, event_id)
    WHERE outcome = 'accepted';
CREATE INDEX ix_webhook_receipt_at ON webhook_receipt (tenant_id, service_id, received_at);

-- Money, or its absence, that rules alone cannot settle: it waits for a clerk, who says what was done with it.
CREATE TABLE unmatched_money (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    item_id uuid NOT NULL,
    kind text NOT NULL CHECK (
        kind IN ('late_payment', 'double_payment', 'other_amount', 'provider_only', 'ours_only', 'refund_failed',
                 'bank_unknown', 'payout_differs')
    ),
    payee text NOT NULL,
    provider text NOT NULL,
    attempt_id uuid,
    reference text NOT NULL,
    amount_yen integer NOT NULL,
    seen_at timestamptz NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    resolution text CHECK (resolution IN ('refunded', 'applied', 'explained')),
    resolved_at timestamptz,
    resolved_by uuid,
    why text,
    PRIMARY KEY (tenant_id, service_id, item_id),
    CONSTRAINT uq_unmatched_money_once UNIQUE (tenant_id, service_id, kind, provider, reference),
    CHECK ((resolution IS NULL) = (resolved_at IS NULL)),
    FOREIGN KEY (tenant_id, service_id, attempt_id) REFERENCES payment_attempt,
    FOREIGN KEY (tenant_id, service_id, resolved_by) REFERENCES staff
);
CREATE INDEX ix_unmatched_money_open ON unmatched_money (tenant_id, service_id, seen_at) WHERE resolved_at IS NULL;

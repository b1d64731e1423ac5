-- Who entered, under which receipt code, with which wishes.

CREATE TABLE lottery_applicant (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    applicant_id uuid NOT NULL,
    lottery_id uuid NOT NULL,
    registrant_id uuid NOT NULL,
    -- The pseudonym in the public files; random, new for each lottery.
    receipt text NOT NULL,
    entered_at timestamptz NOT NULL,
    tier smallint NOT NULL DEFAULT 0 CHECK (tier BETWEEN 0 AND 99),
    tickets smallint NOT NULL DEFAULT 1 CHECK (tickets BETWEEN 1 AND 100),
    -- Those of the user when they last entered.
    facts jsonb NOT NULL,
    PRIMARY KEY (tenant_id, service_id, applicant_id),
    CONSTRAINT uq_lottery_applicant_once UNIQUE (tenant_id, service_id, lottery_id, registrant_id),
    CONSTRAINT uq_lottery_applicant_receipt UNIQUE (tenant_id, service_id, lottery_id, receipt),
    FOREIGN KEY (tenant_id, service_id, lottery_id) REFERENCES lottery,
    FOREIGN KEY (tenant_id, service_id, registrant_id) REFERENCES registrant
);
CREATE INDEX ix_lottery_applicant_registrant ON lottery_applicant (tenant_id, service_id, registrant_id);

-- One entry: one use, or a set that wins or loses as one. Without a rank it was withdrawn. ``cap`` is how many there
-- may be by the rules, so that no race makes more.
CREATE TABLE lottery_entry (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    entry_id uuid NOT NULL,
    lottery_id uuid NOT NULL,
    applicant_id uuid NOT NULL,
    rank smallint,
    cap smallint NOT NULL,
    entered_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    channel text NOT NULL,
    entered_by uuid,
    total_yen integer NOT NULL CHECK (total_yen >= 0),
    -- The uses as they were asked for, in order; the wants as they are drawn (canonical JSON, see the seal).
    requests jsonb NOT NULL,
    wants text NOT NULL,
    form jsonb NOT NULL DEFAULT '{}',
    accepted_terms text[] NOT NULL DEFAULT '{}',
    facts jsonb NOT NULL,
    trace jsonb NOT NULL,
    PRIMARY KEY (tenant_id, service_id, entry_id),
    CONSTRAINT uq_lottery_entry_rank UNIQUE (tenant_id, service_id, applicant_id, rank) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT uq_lottery_entry_applicant UNIQUE (tenant_id, service_id, entry_id, applicant_id),
    CONSTRAINT lottery_entry_within_cap CHECK (rank BETWEEN 1 AND cap),
    CHECK ((rank IS NULL) = (withdrawn_at IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, lottery_id) REFERENCES lottery,
    FOREIGN KEY (tenant_id, service_id, applicant_id) REFERENCES lottery_applicant,
    FOREIGN KEY (tenant_id, service_id, entered_by) REFERENCES staff (tenant_id, service_id, staff_id)
);
CREATE INDEX ix_lottery_entry_lottery ON lottery_entry (tenant_id, service_id, lottery_id);
CREATE INDEX ix_lottery_entry_entered_by ON lottery_entry (tenant_id, service_id, entered_by);

-- The uses of entries that are not withdrawn: what odds are counted from.
CREATE TABLE lottery_part (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    entry_id uuid NOT NULL,
    part smallint NOT NULL CHECK (part >= 1),
    lottery_id uuid NOT NULL,
    facility_id text NOT NULL,
    space_id text NOT NULL,
    use_on date NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    nights smallint NOT NULL DEFAULT 0 CHECK (nights >= 0),
    surfaces smallint NOT NULL DEFAULT 1 CHECK (surfaces >= 1),
    PRIMARY KEY (tenant_id, service_id, entry_id, part),
    FOREIGN KEY (tenant_id, service_id, entry_id) REFERENCES lottery_entry,
    FOREIGN KEY (tenant_id, service_id, facility_id, space_id) REFERENCES space (tenant_id, service_id, facility_id, space_id)
);
CREATE INDEX ix_lottery_part_space ON lottery_part (tenant_id, service_id, lottery_id, space_id, use_on);
CREATE INDEX ix_lottery_part_place ON lottery_part (tenant_id, service_id, facility_id, space_id);

-- Entries are made, weighed, changed and taken back while the lottery is open, and stand still for ever once it is
-- sealed: no statement changes what is drawn, or whose receipt code is whose.
CREATE FUNCTION require_open_lottery() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched record;
    open boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        touched := OLD;
    ELSE
        touched := NEW;
    END IF;
    SELECT l.state = 'open' INTO open FROM lottery l
    WHERE (l.tenant_id, l.service_id, l.lottery_id) = (touched.tenant_id, touched.service_id, touched.lottery_id)
    FOR SHARE;
    IF TG_OP = 'UPDATE' AND OLD.lottery_id <> NEW.lottery_id THEN
        open := false;  -- nothing moves from one lottery to another
    END IF;
    IF open IS NOT TRUE THEN
        RAISE EXCEPTION 'Entries can be made and changed only while their lottery is open'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'lottery_entry_while_open';
    END IF;
    RETURN touched;
END
$$;
CREATE TRIGGER lottery_entry_while_open
    BEFORE INSERT OR UPDATE OF rank, requests, wants, withdrawn_at, applicant_id, lottery_id ON lottery_entry
    FOR EACH ROW EXECUTE FUNCTION require_open_lottery();
CREATE TRIGGER lottery_applicant_while_open
    BEFORE INSERT OR UPDATE OF tier, tickets, receipt, registrant_id, lottery_id ON lottery_applicant
    FOR EACH ROW EXECUTE FUNCTION require_open_lottery();
CREATE TRIGGER lottery_part_while_open
    BEFORE INSERT OR DELETE ON lottery_part
    FOR EACH ROW EXECUTE FUNCTION require_open_lottery();

-- What was decided about each applicant's entries, written once: some dozens of applicants together, in the order of their
-- receipt codes, as JSON by receipt code with the decisions in the order of the wishes.
CREATE TABLE lottery_outcome (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    lottery_id uuid NOT NULL,
    first_receipt text COLLATE "C" NOT NULL,
    decisions text NOT NULL,
    PRIMARY KEY (tenant_id, service_id, lottery_id, first_receipt),
    FOREIGN KEY (tenant_id, service_id, lottery_id) REFERENCES lottery
);
ALTER TABLE lottery_outcome ALTER COLUMN decisions SET STORAGE EXTERNAL;

-- An entry that won. ``sole``: one win is all that an applicant may have.
CREATE TABLE lottery_win (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    entry_id uuid NOT NULL,
    lottery_id uuid NOT NULL,
    applicant_id uuid NOT NULL,
    round smallint NOT NULL CHECK (round >= 1),
    place integer NOT NULL CHECK (place >= 1),
    sole boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('won', 'accepted', 'declined', 'lapsed')),
    accept_until timestamptz,
    decided_at timestamptz,
    decided_by uuid,
    application_id uuid,
    lapse_batch uuid,
    -- Why it could not become a booking by itself: an error's code and facts, until somebody mends it.
    stuck jsonb CHECK (stuck IS NULL OR state = 'won'),
    PRIMARY KEY (tenant_id, service_id, entry_id),
    CHECK ((state = 'won') = (decided_at IS NULL)),
    CHECK ((state = 'accepted') = (application_id IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, entry_id, applicant_id)
        REFERENCES lottery_entry (tenant_id, service_id, entry_id, applicant_id),
    FOREIGN KEY (tenant_id, service_id, decided_by) REFERENCES staff (tenant_id, service_id, staff_id),
    FOREIGN KEY (tenant_id, service_id, application_id) REFERENCES application,
    FOREIGN KEY (tenant_id, service_id, lapse_batch) REFERENCES lottery_batch (tenant_id, service_id, batch_id)
);
CREATE UNIQUE INDEX uq_lottery_win_sole ON lottery_win (tenant_id, service_id, applicant_id) WHERE sole;
CREATE INDEX ix_lottery_win_lottery ON lottery_win (tenant_id, service_id, lottery_id, state);
CREATE INDEX ix_lottery_win_applicant ON lottery_win (tenant_id, service_id, applicant_id);
CREATE INDEX ix_lottery_win_decided_by ON lottery_win (tenant_id, service_id, decided_by)
    WHERE decided_by IS NOT NULL;
CREATE INDEX ix_lottery_win_application ON lottery_win (tenant_id, service_id, application_id)
    WHERE application_id IS NOT NULL;
CREATE INDEX ix_lottery_win_lapse_batch ON lottery_win (tenant_id, service_id, lapse_batch)
    WHERE lapse_batch IS NOT NULL;
CREATE INDEX ix_lottery_win_stuck ON lottery_win (tenant_id, service_id, lottery_id) WHERE stuck IS NOT NULL;

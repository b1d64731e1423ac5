-- Drafts of a service's rules: every save is kept, a second person reviews, a dry run has looked at the real bookings;
-- only then can the application publish. Each of these is forbidden here where it is not so.

-- files: the texts as they were written, with comments and order, by file name; empty where only the document is known.
-- draft_id refers to rule_draft; the trigger below sees to it (a key in both directions would be a circle).
ALTER TABLE rule_set_version
    ADD COLUMN files jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN draft_id uuid,
    ADD COLUMN summary text NOT NULL DEFAULT '',
    ADD COLUMN transition text NOT NULL DEFAULT '',
    ADD COLUMN reviewed_by text NOT NULL DEFAULT '';

CREATE TABLE rule_draft (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    draft_id uuid NOT NULL,
    title text NOT NULL CHECK (title <> ''),
    -- The version it began from; what it changes is told against this one.
    based_on integer NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'in_review', 'approved', 'published', 'dropped')),
    -- Counts saves: who saves names the one they saw, and is refused where another is there.
    revision integer NOT NULL CHECK (revision >= 1),
    files jsonb NOT NULL,
    -- What is to become of confirmed bookings that it would break, as the admin states it; empty where none is said.
    transition text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL,
    review_asked_at timestamptz,
    review_asked_by uuid,
    published_version integer,
    PRIMARY KEY (tenant_id, service_id, draft_id),
    CHECK ((state = 'published') = (published_version IS NOT NULL)),
    CHECK (state NOT IN ('in_review', 'approved') OR review_asked_by IS NOT NULL),
    FOREIGN KEY (tenant_id, service_id, based_on) REFERENCES rule_set_version,
    FOREIGN KEY (tenant_id, service_id, published_version) REFERENCES rule_set_version,
    FOREIGN KEY (tenant_id, service_id, made_by) REFERENCES staff,
    FOREIGN KEY (tenant_id, service_id, changed_by) REFERENCES staff,
    FOREIGN KEY (tenant_id, service_id, review_asked_by) REFERENCES staff
);
CREATE INDEX ix_rule_draft_state ON rule_draft (tenant_id, service_id, state, changed_at);

-- Every save, so that nothing that was typed is lost and whoever wrote any of it is an author.
CREATE TABLE rule_draft_save (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    draft_id uuid NOT NULL,
    revision integer NOT NULL CHECK (revision >= 1),
    files jsonb NOT NULL,
    transition text NOT NULL DEFAULT '',
    saved_at timestamptz NOT NULL,
    saved_by uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, draft_id, revision),
    FOREIGN KEY (tenant_id, service_id, draft_id) REFERENCES rule_draft,
    FOREIGN KEY (tenant_id, service_id, saved_by) REFERENCES staff
);

CREATE TABLE rule_review (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    review_id uuid NOT NULL,
    draft_id uuid NOT NULL,
    revision integer NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('approved', 'returned')),
    remark text NOT NULL DEFAULT '',
    reviewed_at timestamptz NOT NULL,
    reviewed_by uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, review_id),
    CHECK (verdict = 'approved' OR remark <> ''),
    FOREIGN KEY (tenant_id, service_id, draft_id, revision) REFERENCES rule_draft_save,
    FOREIGN KEY (tenant_id, service_id, reviewed_by) REFERENCES staff
);
CREATE INDEX ix_rule_review_draft ON rule_review (tenant_id, service_id, draft_id, revision);

-- What a draft would change, looked up in the city's own data by the worker; the findings are in dry_run_finding.
CREATE TABLE dry_run (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    run_id uuid NOT NULL,
    draft_id uuid NOT NULL,
    revision integer NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
    asked_at timestamptz NOT NULL,
    asked_by uuid NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    -- How far it is: subjects looked at, of so many.
    total integer NOT NULL DEFAULT 0 CHECK (total >= 0),
    done integer NOT NULL DEFAULT 0 CHECK (done >= 0),
    cancel_asked boolean NOT NULL DEFAULT false,
    -- Confirmed bookings, accepted wins that would no longer be allowed.
    broken integer NOT NULL DEFAULT 0 CHECK (broken >= 0),
    summary jsonb NOT NULL DEFAULT '{}',
    error text,
    PRIMARY KEY (tenant_id, service_id, run_id),
    CHECK ((state IN ('done', 'cancelled', 'failed')) = (finished_at IS NOT NULL)),
    FOREIGN KEY (tenant_id, service_id, draft_id, revision) REFERENCES rule_draft_save,
    FOREIGN KEY (tenant_id, service_id, asked_by) REFERENCES staff
);
CREATE INDEX ix_dry_run_draft ON dry_run (tenant_id, service_id, draft_id, revision);
CREATE UNIQUE INDEX uq_dry_run_open ON dry_run (tenant_id, service_id, draft_id)
    WHERE state IN ('waiting', 'running');

CREATE TABLE dry_run_finding (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    run_id uuid NOT NULL,
    place integer NOT NULL,
    -- What differs: validity, price, due date, refund, right to change, ...
    kind text NOT NULL,
    subject_kind text NOT NULL CHECK (subject_kind IN ('booking', 'entry', 'charge')),
    subject_id uuid NOT NULL,
    number text NOT NULL DEFAULT '',
    registrant_id uuid,
    facility_id text,
    use_on date,
    was jsonb NOT NULL,
    becomes jsonb NOT NULL,
    -- By how much what is owed (or returned) would grow; negative where it shrinks.
    change_yen integer NOT NULL DEFAULT 0,
    breaks boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, service_id, run_id, place),
    FOREIGN KEY (tenant_id, service_id, run_id) REFERENCES dry_run ON DELETE CASCADE
);
CREATE INDEX ix_dry_run_finding_kind ON dry_run_finding (tenant_id, service_id, run_id, kind, place);

-- Nobody approves what they wrote, or asked to have reviewed.
CREATE FUNCTION refuse_own_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.verdict = 'approved' AND (
        EXISTS (SELECT FROM rule_draft_save s
                WHERE s.tenant_id = NEW.tenant_id AND s.service_id = NEW.service_id AND s.draft_id = NEW.draft_id
                  AND s.saved_by = NEW.reviewed_by)
        OR EXISTS (SELECT FROM rule_draft d
                   WHERE d.tenant_id = NEW.tenant_id AND d.service_id = NEW.service_id AND d.draft_id = NEW.draft_id
                     AND NEW.reviewed_by IN (d.made_by, d.review_asked_by))
    ) THEN
        RAISE EXCEPTION 'An author does not approve their own draft.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'own_review';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER own_review BEFORE INSERT ON rule_review FOR EACH ROW EXECUTE FUNCTION refuse_own_review();

-- Only the owner of the tables, as whom operators load folders, publishes without a draft, and answers for it in another
-- way. All others publish a draft once, with the texts that were saved, that somebody who wrote none of it approved and
-- that a dry run has looked at.
CREATE FUNCTION refuse_unreviewed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    draft rule_draft;
BEGIN
    IF NEW.draft_id IS NULL THEN
        IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RAISE EXCEPTION 'Rules are published from a reviewed draft.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'reviewed';
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO draft FROM rule_draft d
    WHERE d.tenant_id = NEW.tenant_id AND d.service_id = NEW.service_id AND d.draft_id = NEW.draft_id FOR UPDATE;
    IF draft.state IS DISTINCT FROM 'approved' OR NOT EXISTS (
        SELECT FROM rule_review r
        WHERE r.tenant_id = NEW.tenant_id AND r.service_id = NEW.service_id AND r.draft_id = NEW.draft_id
          AND r.revision = draft.revision AND r.verdict = 'approved'
          AND NOT EXISTS (SELECT FROM rule_draft_save s
                          WHERE s.tenant_id = r.tenant_id AND s.service_id = r.service_id AND s.draft_id = r.draft_id
                            AND s.saved_by = r.reviewed_by)
    ) OR NOT EXISTS (
        SELECT FROM rule_draft_save s
        WHERE s.tenant_id = NEW.tenant_id AND s.service_id = NEW.service_id AND s.draft_id = NEW.draft_id
          AND s.revision = draft.revision AND s.files = NEW.files AND s.transition = NEW.transition
    ) OR EXISTS (
        SELECT FROM rule_set_version v
        WHERE v.tenant_id = NEW.tenant_id AND v.service_id = NEW.service_id AND v.draft_id = NEW.draft_id
    ) THEN
        RAISE EXCEPTION 'This draft is not approved as it stands.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reviewed';
    END IF;
    IF NOT EXISTS (
        SELECT FROM dry_run x
        WHERE x.tenant_id = NEW.tenant_id AND x.service_id = NEW.service_id AND x.draft_id = NEW.draft_id
          AND x.revision = draft.revision AND x.state = 'done' AND (x.broken = 0 OR NEW.transition <> '')
    ) THEN
        RAISE EXCEPTION 'This draft was not tried as it stands, or would break bookings without saying what becomes of them.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tried';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER reviewed BEFORE INSERT ON rule_set_version FOR EACH ROW EXECUTE FUNCTION refuse_unreviewed();

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_draft_save
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_review
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $policies$
DECLARE
    one text;
    rule constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$
        || $$ AND service_id = nullif(current_setting('app.service_id', true), '')$$;
BEGIN
    FOREACH one IN ARRAY ARRAY['rule_draft', 'rule_draft_save', 'rule_review', 'dry_run', 'dry_run_finding']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one, rule, rule);
    END LOOP;
END
$policies$;

GRANT SELECT, INSERT ON rule_draft_save, rule_review TO yoyaku_app;
GRANT SELECT, INSERT, UPDATE ON rule_draft, dry_run TO yoyaku_app;
GRANT SELECT, INSERT, DELETE ON dry_run_finding TO yoyaku_app;

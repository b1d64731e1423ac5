-- How a city's site looks and speaks, changed by its own admins: every change is kept with what was before; notices with
-- dates and targets. Of a service's row the application writes only looks and words, and only those of its own.

CREATE TABLE site_change (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    -- Counts the changes of a service.
    number integer NOT NULL CHECK (number >= 1),
    part text NOT NULL CHECK (part IN ('brand', 'wording', 'pages', 'contact')),
    -- Which of its kind: a wording key, a page's code; empty where there is only one.
    name text NOT NULL,
    -- What stood there before and after; null: nothing of the city's own.
    before jsonb,
    after jsonb,
    why text NOT NULL CHECK (why <> ''),
    undoes integer,
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    PRIMARY KEY (tenant_id, service_id, number),
    FOREIGN KEY (tenant_id, service_id) REFERENCES service,
    FOREIGN KEY (tenant_id, service_id, undoes) REFERENCES site_change,
    FOREIGN KEY (tenant_id, service_id, made_by) REFERENCES staff
);
CREATE INDEX ix_site_change_part ON site_change (tenant_id, service_id, part, name, number);
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON site_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE site_notice (
    tenant_id text NOT NULL,
    service_id text NOT NULL,
    notice_id uuid NOT NULL,
    -- By language.
    title jsonb NOT NULL,
    body jsonb NOT NULL,
    -- Business time; half-open.
    shown_from timestamptz NOT NULL,
    shown_until timestamptz,
    importance text NOT NULL CHECK (importance IN ('normal', 'important', 'urgent')),
    audience text NOT NULL CHECK (audience IN ('everyone', 'members', 'class')),
    user_class text,
    on_top boolean NOT NULL,
    facility_id text,
    -- Counts saves: who saves names the one they saw, and is refused where another is there.
    revision integer NOT NULL CHECK (revision >= 1),
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (tenant_id, service_id, notice_id),
    CHECK (shown_until > shown_from),
    CHECK ((audience = 'class') = (user_class IS NOT NULL)),
    CHECK (on_top OR facility_id IS NOT NULL),
    FOREIGN KEY (tenant_id, service_id, facility_id) REFERENCES facility (tenant_id, service_id, facility_id),
    FOREIGN KEY (tenant_id, service_id, made_by) REFERENCES staff,
    FOREIGN KEY (tenant_id, service_id, changed_by) REFERENCES staff
);
CREATE INDEX ix_site_notice_shown ON site_notice (tenant_id, service_id, shown_from);

DO $policies$
DECLARE
    one text;
    rule constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$
        || $$ AND service_id = nullif(current_setting('app.service_id', true), '')$$;
BEGIN
    FOREACH one IN ARRAY ARRAY['site_change', 'site_notice']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one, rule, rule);
    END LOOP;
    -- Everybody finds every site by its host; the application changes its own only. The owner, who loads folders, is free.
    EXECUTE 'ALTER TABLE service ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY found ON service FOR SELECT USING (true)';
    EXECUTE format('CREATE POLICY own_site ON service FOR UPDATE TO yoyaku_app USING (%s) WITH CHECK (%s)', rule, rule);
END
$policies$;

GRANT UPDATE (brand, wording, pages, contact) ON service TO yoyaku_app;
GRANT SELECT, INSERT ON site_change TO yoyaku_app;
GRANT SELECT, INSERT, UPDATE ON site_notice TO yoyaku_app;

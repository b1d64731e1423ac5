-- What was looked at, and what was approved, grow old: a dry run says beside which rules and facilities it was made, a
-- review beside which rules; neither counts once those are others, nor after a while.

ALTER TABLE dry_run
    -- The newest version of the rules and of the facilities when it was asked for; unknown of those before this release.
    ADD COLUMN newest_version integer,
    ADD COLUMN inventory_version integer;
ALTER TABLE rule_review ADD COLUMN newest_version integer;

-- What a dry run finds something about: a registration beside bookings, entries and charges.
ALTER TABLE dry_run_finding
    DROP CONSTRAINT dry_run_finding_subject_kind_check,
    ADD CONSTRAINT dry_run_finding_subject_kind_check
        CHECK (subject_kind IN ('booking', 'entry', 'charge', 'registration'));

-- As before, and: the review and the dry run are of the rules as they stand beside this version, and not older than the
-- application says (30 and 7 days of the service's own time).
CREATE OR REPLACE FUNCTION refuse_unreviewed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    draft rule_draft;
    today timestamptz;
    newest integer;
    inventory integer;
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
    SELECT NEW.published_at + s.clock_offset_seconds * interval '1 second' INTO today FROM service s
    WHERE s.tenant_id = NEW.tenant_id AND s.service_id = NEW.service_id;
    SELECT max(v.version) INTO newest FROM rule_set_version v
    WHERE v.tenant_id = NEW.tenant_id AND v.service_id = NEW.service_id;
    SELECT max(i.version) INTO inventory FROM inventory_version i WHERE i.tenant_id = NEW.tenant_id;
    IF draft.state IS DISTINCT FROM 'approved' OR NOT EXISTS (
        SELECT FROM rule_review r
        WHERE r.tenant_id = NEW.tenant_id AND r.service_id = NEW.service_id AND r.draft_id = NEW.draft_id
          AND r.revision = draft.revision AND r.verdict = 'approved'
          AND r.newest_version = newest AND r.reviewed_at > today - interval '30 days'
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
          AND x.newest_version = newest AND x.inventory_version = inventory AND x.as_of > today - interval '7 days'
    ) THEN
        RAISE EXCEPTION 'This draft was not tried as it stands, or would break bookings without saying what becomes of them.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tried';
    END IF;
    RETURN NEW;
END
$$;

-- What was promised, published and drawn stands, whoever writes: the application checks the same, and these are the last
-- word on it.

-- A lottery only goes on; a draw that is not announced, and a release, may be taken back. What was promised before it
-- opened, what was sealed, and the public value, are written once.
CREATE FUNCTION refuse_lottery_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps CONSTANT text[] := ARRAY['planned', 'open', 'sealed', 'drawn', 'announced', 'released'];
    was CONSTANT integer := array_position(steps, OLD.state);
    is_now CONSTANT integer := array_position(steps, NEW.state);
    broken text;
BEGIN
    CASE
        WHEN is_now < was AND (OLD.state, NEW.state) NOT IN (('drawn', 'sealed'), ('released', 'announced'))
            THEN broken := 'state';
        WHEN (OLD.scheme, OLD.period_starts, OLD.period_ends, OLD.secret, OLD.secret_hash)
            IS DISTINCT FROM (NEW.scheme, NEW.period_starts, NEW.period_ends, NEW.secret, NEW.secret_hash)
            THEN broken := 'secret';
        WHEN was > 1 AND (OLD.rule_set_version, OLD.inventory_version, OLD.opens_at, OLD.closes_at, OLD.draws_at,
                          OLD.announces_at, OLD.releases_at, OLD.beacon, OLD.beacon_profile, OLD.public_source,
                          OLD.public_reference)
            IS DISTINCT FROM (NEW.rule_set_version, NEW.inventory_version, NEW.opens_at, NEW.closes_at, NEW.draws_at,
                              NEW.announces_at, NEW.releases_at, NEW.beacon, NEW.beacon_profile, NEW.public_source,
                              NEW.public_reference)
            THEN broken := 'promise';
        WHEN was > 2 AND (OLD.applicants, OLD.entries, OLD.sealed_at, OLD.sealed_hash)
            IS DISTINCT FROM (NEW.applicants, NEW.entries, NEW.sealed_at, NEW.sealed_hash)
            THEN broken := 'sealed';
        WHEN OLD.public_value IS DISTINCT FROM NEW.public_value
            AND (OLD.public_value IS NOT NULL OR OLD.sealed_hash IS NULL)
            THEN broken := 'public_value';
        WHEN was > 3 AND is_now > 3 AND (OLD.drawn_at, OLD.seed, OLD.result_hash)
            IS DISTINCT FROM (NEW.drawn_at, NEW.seed, NEW.result_hash)
            THEN broken := 'result';
        ELSE
            RETURN NEW;
    END CASE;
    RAISE EXCEPTION 'What was fixed of a lottery is not changed: %', broken
        USING ERRCODE = 'check_violation', TABLE = 'lottery', CONSTRAINT = 'lottery_stands';
END
$$;
CREATE TRIGGER lottery_stands BEFORE UPDATE ON lottery FOR EACH ROW EXECUTE FUNCTION refuse_lottery_change();

-- Files are written once. Those of a draw go with it, while nobody was told.
CREATE FUNCTION refuse_file_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.name <> 'sealed' AND EXISTS (
        SELECT FROM lottery l WHERE l.state = 'drawn'
            AND (l.tenant_id, l.service_id, l.lottery_id) = (OLD.tenant_id, OLD.service_id, OLD.lottery_id)
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Files of a lottery are not changed'
        USING ERRCODE = 'check_violation', TABLE = 'lottery_file', CONSTRAINT = 'lottery_file_stands';
END
$$;
CREATE TRIGGER lottery_file_stands BEFORE UPDATE OR DELETE ON lottery_file
    FOR EACH ROW EXECUTE FUNCTION refuse_file_change();

-- Decisions and wins come with a draw and go with it: none is added to, or taken out of, a result that stands.
CREATE FUNCTION require_lottery_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT tenant_id, service_id, lottery_id FROM touched) t
        LEFT JOIN lottery l USING (tenant_id, service_id, lottery_id) WHERE l.state IS DISTINCT FROM TG_ARGV[0]
    ) THEN
        RAISE EXCEPTION 'What a draw decided comes and goes only with the draw'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'lottery_result_stands';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER lottery_outcome_added AFTER INSERT ON lottery_outcome REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION require_lottery_state('sealed');
CREATE TRIGGER lottery_outcome_removed AFTER DELETE ON lottery_outcome REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION require_lottery_state('drawn');
CREATE TRIGGER lottery_win_added AFTER INSERT ON lottery_win REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION require_lottery_state('sealed');
CREATE TRIGGER lottery_win_removed AFTER DELETE ON lottery_win REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION require_lottery_state('drawn');

CREATE FUNCTION refuse_win_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Who won what is not changed'
        USING ERRCODE = 'check_violation', TABLE = 'lottery_win', CONSTRAINT = 'lottery_result_stands';
END
$$;
CREATE TRIGGER lottery_win_stands
    BEFORE UPDATE OF entry_id, lottery_id, applicant_id, round, place, sole ON lottery_win
    FOR EACH ROW EXECUTE FUNCTION refuse_win_change();

-- Days are held from the opening until the lottery is released; the release itself is a step that everybody sees.
CREATE FUNCTION refuse_early_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT tenant_id, service_id, lottery_id FROM touched) t
        LEFT JOIN lottery l USING (tenant_id, service_id, lottery_id) WHERE l.state IS DISTINCT FROM 'released'
    ) THEN
        RAISE EXCEPTION 'Days are held until their lottery is released'
            USING ERRCODE = 'check_violation', TABLE = 'lottery_hold', CONSTRAINT = 'lottery_hold_stands';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER lottery_hold_stands AFTER DELETE ON lottery_hold REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_early_release();

-- A service makes the key that signs its results itself, once. A further one, which would sign from then on and by which
-- anybody would check, is added by nobody but the owner of the tables.
CREATE FUNCTION refuse_second_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(concat('signing key of ', NEW.tenant_id, '/', NEW.service_id), 0));
    IF EXISTS (SELECT FROM signing_key k WHERE (k.tenant_id, k.service_id) = (NEW.tenant_id, NEW.service_id))
        AND NOT EXISTS (
            SELECT FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.oid = TG_RELID AND r.rolname = current_user
        )
    THEN
        RAISE EXCEPTION 'The service has a key already; only the owner of the tables adds another'
            USING ERRCODE = 'check_violation', TABLE = 'signing_key', CONSTRAINT = 'signing_key_stands';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER signing_key_stands BEFORE INSERT ON signing_key FOR EACH ROW EXECUTE FUNCTION refuse_second_key();

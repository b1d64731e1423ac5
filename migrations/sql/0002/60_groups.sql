-- Who pays for a group is the group, or a linked member who agreed to; the row of the member stands still meanwhile.
CREATE FUNCTION require_paying_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM group_member m
    WHERE (m.tenant_id, m.service_id, m.group_id, m.registrant_id)
        = (NEW.tenant_id, NEW.service_id, NEW.registrant_id, NEW.payer_id)
      AND m.state = 'linked' AND m.may_pay
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Who pays for a group is the group itself or a linked member who agreed to'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'payer_is_paying_member';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER payer_is_paying_member BEFORE INSERT OR UPDATE OF payer_id, registrant_id ON booking
    FOR EACH ROW WHEN (NEW.payer_id IS DISTINCT FROM NEW.registrant_id AND NEW.payer_id IS NOT NULL)
    EXECUTE FUNCTION require_paying_member();
CREATE TRIGGER payer_is_paying_member BEFORE INSERT OR UPDATE OF payer_id ON registrant
    FOR EACH ROW WHEN (NEW.payer_id IS DISTINCT FROM NEW.registrant_id AND NEW.payer_id IS NOT NULL)
    EXECUTE FUNCTION require_paying_member();

-- Whoever is no member who may act any more acts for themselves, wherever they are logged in.
CREATE FUNCTION end_acting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE login_session s SET acting_for = NULL FROM account a
    WHERE (a.tenant_id, a.service_id, a.registrant_id) = (OLD.tenant_id, OLD.service_id, OLD.registrant_id)
      AND (s.tenant_id, s.service_id, s.account_id) = (a.tenant_id, a.service_id, a.account_id)
      AND s.acting_for = OLD.group_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER acting_ends AFTER UPDATE ON group_member
    FOR EACH ROW WHEN (OLD.state = 'linked' AND OLD.may_act AND NOT (NEW.state = 'linked' AND NEW.may_act))
    EXECUTE FUNCTION end_acting();

DO $policies$
DECLARE
    one text;
    rule constant text := $$tenant_id = nullif(current_setting('app.tenant_id', true), '')$$
        || $$ AND service_id = nullif(current_setting('app.service_id', true), '')$$;
BEGIN
    FOREACH one IN ARRAY ARRAY['group_member', 'one_time_token', 'passkey', 'code_generator', 'login_failure',
                               'identity_check', 'identity_subject', 'identity_document', 'message', 'favourite']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY isolation ON %I USING (%s) WITH CHECK (%s)', one, rule, rule);
    END LOOP;
END
$policies$;

GRANT SELECT, INSERT, UPDATE ON group_member, identity_check, identity_document, message TO yoyaku_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON one_time_token, passkey, code_generator, login_failure, favourite TO yoyaku_app;
GRANT SELECT, INSERT, DELETE ON identity_subject TO yoyaku_app;
GRANT DELETE ON message TO yoyaku_app;
-- Anonymising takes names out of what people wrote when they applied.
GRANT UPDATE (form) ON application TO yoyaku_app;

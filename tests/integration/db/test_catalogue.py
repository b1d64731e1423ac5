"""What Alembic's autogenerate does not notice: policies, forced row-level security, keys, grants, triggers."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from yoyaku.db.tables import metadata

GLOBAL = {"tenant", "service", "host", "heartbeat"}
ISOLATED = set(metadata.tables) - GLOBAL
BY_TENANT = "(tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text))"
BY_SERVICE = "(service_id = NULLIF(current_setting('app.service_id'::text, true), ''::text))"
LOOKED_AT_BY_ALL = {"deadline", "outbox", "mail", "payment_attempt", "dry_run", "unmatched_money"}


@pytest.fixture(scope="module")
def catalogue(database):
    with psycopg.connect(database.superuser_url.replace("+psycopg", "")) as connection:
        yield lambda query, *values: connection.execute(query, values).fetchall()


def test_the_tables_in_code_are_the_tables_of_the_migrations(database):
    engine = create_engine(database.owner_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_every_table_is_either_global_or_isolated_by_force(catalogue):
    rows = catalogue(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'alembic_version'"
    )
    assert {name for name, forced in rows if forced} == ISOLATED
    assert {name for name, forced in rows if not forced} == GLOBAL


@pytest.mark.parametrize("table", sorted(ISOLATED))
def test_the_policy_names_tenant_and_service_for_reading_and_writing(catalogue, table):
    of_service = "service_id" in metadata.tables[table].columns
    rule = f"({BY_TENANT} AND {BY_SERVICE})" if of_service else BY_TENANT
    policies = catalogue(
        "SELECT policyname, permissive, cmd, roles::text, qual, with_check FROM pg_policies WHERE tablename = %s", table
    )
    expected = {("isolation", "PERMISSIVE", "ALL", "{public}", rule, rule)}
    if table in LOOKED_AT_BY_ALL:
        expected.add(("due_work", "PERMISSIVE", "SELECT", "{yoyaku_owner}", "true", None))
    assert set(policies) == expected


def test_every_key_of_a_tenants_table_begins_with_the_tenant(catalogue):
    rows = catalogue(
        "SELECT c.conrelid::regclass::text, c.conname, a.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f')"
        "   AND c.conrelid::regclass::text NOT IN ('alembic_version')"
    )
    assert sorted(row for row in rows if row[2] != "tenant_id") == [
        ("heartbeat", "heartbeat_pkey", "part"),
        ("host", "host_pkey", "host"),
    ]


def test_every_foreign_key_refers_by_tenant_first(catalogue):
    rows = catalogue(
        "SELECT c.conname, a.attname FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = c.confkey[1]"
        " WHERE c.connamespace = 'public'::regnamespace AND c.contype = 'f'"
    )
    assert {name for _, name in rows} == {"tenant_id"}
    assert len(rows) > 30


def test_the_application_can_neither_bypass_nor_own(catalogue):
    assert catalogue(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'yoyaku_app'"
    ) == [(False, False, False, False)]
    assert catalogue("SELECT 1 FROM pg_class WHERE relowner = 'yoyaku_app'::regrole") == []
    assert catalogue("SELECT 1 FROM pg_auth_members WHERE member = 'yoyaku_app'::regrole") == []


def test_the_application_may_do_what_it_needs_and_no_more(catalogue):
    rows = catalogue(
        "SELECT table_name::text, array_agg(privilege_type::text ORDER BY privilege_type)"
        " FROM information_schema.role_table_grants"
        " WHERE grantee = 'yoyaku_app' AND table_schema = 'public' GROUP BY 1"
    )
    granted = {name: tuple(privileges) for name, privileges in rows}
    read = ("SELECT",)
    add = ("INSERT", "SELECT")
    change = ("INSERT", "SELECT", "UPDATE")
    assert granted == {
        **dict.fromkeys(("tenant", "service", "host", "heartbeat"), read),
        **dict.fromkeys(("facility", "resource", "resource_unit", "closure"), change),
        **dict.fromkeys(("space", "closure_displaced"), add),
        "facility_photo": ("DELETE", "INSERT", "SELECT"),
        **dict.fromkeys(("rule_set_version", "inventory_version", "application", "booking_event", "audit_entry"), add),
        **dict.fromkeys(("registrant", "staff", "account", "number_sequence", "booking"), change),
        **dict.fromkeys(("deadline", "outbox", "mail"), change),
        **dict.fromkeys(("login_session", "cart_item"), ("DELETE", *change)),
        **dict.fromkeys(("group_member", "identity_check", "identity_document"), change),
        **dict.fromkeys(
            ("one_time_token", "passkey", "code_generator", "login_failure", "favourite"), ("DELETE", *change)
        ),
        "message": ("DELETE", *change),
        **dict.fromkeys(("occupancy", "identity_subject"), ("DELETE", "INSERT", "SELECT")),
        **dict.fromkeys(("lottery", "lottery_applicant", "lottery_entry", "lottery_batch"), change),
        **dict.fromkeys(("lottery_progress", "lottery_win"), ("DELETE", *change)),
        **dict.fromkeys(
            ("lottery_hold", "lottery_part", "lottery_outcome", "lottery_file"), ("DELETE", "INSERT", "SELECT")
        ),
        "signing_key": add,
        **dict.fromkeys(
            ("charge_change", "ledger_transaction", "ledger_posting", "webhook_receipt", "cash_close"), add
        ),
        **dict.fromkeys(("receipt", "receipt_copy"), ("DELETE", "INSERT", "SELECT")),
        "debit_row": add,
        **dict.fromkeys(("charge", "payment_attempt", "unmatched_money", "debit_mandate", "debit_file"), change),
        **dict.fromkeys(("arrears_step", "suspension", "relief_application"), change),
        **dict.fromkeys(("rule_draft_save", "rule_review"), add),
        **dict.fromkeys(("rule_draft", "dry_run"), change),
        "dry_run_finding": ("DELETE", "INSERT", "SELECT"),
        "site_change": add,
        "site_notice": change,
        **dict.fromkeys(("audit_seal", "audit_seal_entry", "audit_seal_event"), add),
        **dict.fromkeys(("audit_unsealed", "booking_event_unsealed"), ("DELETE", "INSERT", "SELECT")),
    }


def test_the_application_changes_looks_and_words_of_its_own_service_only(catalogue):
    rows = catalogue(
        "SELECT column_name::text FROM information_schema.column_privileges"
        " WHERE grantee = 'yoyaku_app' AND table_name = 'service' AND privilege_type = 'UPDATE' ORDER BY 1"
    )
    assert rows == [("brand",), ("contact",), ("pages",), ("wording",)]
    policies = catalogue("SELECT policyname, cmd, qual, with_check FROM pg_policies WHERE tablename = 'service'")
    rule = f"({BY_TENANT} AND {BY_SERVICE})"
    assert set(policies) == {("found", "SELECT", "true", None), ("own_site", "UPDATE", rule, rule)}


def test_the_functions_that_run_as_the_owner_are_narrow(catalogue):
    rows = catalogue(
        "SELECT proname, proconfig, pg_get_function_result(oid), pg_get_function_arguments(oid), proacl::text"
        " FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY proname"
    )
    assert [(name, arguments) for name, _, _, arguments, _ in rows] == [
        ("count_lottery_wins", ""),
        ("due_attempts", "at_most integer"),
        ("due_dry_runs", "at_most integer"),
        ("due_payouts", "at_most integer"),
        ("due_work", "at_most integer"),
        ("note_heartbeat", "part text, failure text"),
    ]
    due = "TABLE(tenant_id text, service_id text, kind text, id uuid, due_at timestamp with time zone)"
    of_one_kind = due.replace("kind text, ", "")
    assert [result for _, _, result, _, _ in rows] == ["void", of_one_kind, of_one_kind, of_one_kind, due, "void"]
    for _, config, _, _, grants in rows:
        assert config == ["search_path=pg_catalog, public, pg_temp"]
        assert grants == "{yoyaku_owner=X/yoyaku_owner,yoyaku_app=X/yoyaku_owner}"


KEPT_AS_IT_WAS = ["rule_set_version", "inventory_version", "booking_event", "audit_entry", "charge_change"]


KEPT_AS_IT_WAS += ["ledger_transaction", "ledger_posting", "cash_close", "rule_draft_save", "rule_review"]
KEPT_AS_IT_WAS += ["site_change"]
KEPT_AS_IT_WAS += ["audit_seal", "audit_seal_entry", "audit_seal_event"]


@pytest.mark.parametrize("table", KEPT_AS_IT_WAS)
def test_what_was_published_or_done_is_never_changed(catalogue, table):
    rows = catalogue(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", table
    )
    (definition,) = [one for (one,) in rows if "refuse_change" in one]
    assert "BEFORE DELETE OR UPDATE OR TRUNCATE" in definition


def test_a_slot_has_one_key_whoever_takes_it(catalogue):
    rows = catalogue(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'occupancy'::regclass AND contype = 'p'"
    )
    assert rows == [("PRIMARY KEY (tenant_id, resource_id, use_on, bucket, unit)",)]

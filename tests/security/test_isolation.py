import psycopg
import pytest
from psycopg import errors

from yoyaku.db.engine import make_engine, platform_transaction, tenant_transaction
from yoyaku.db.tables import metadata
from yoyaku.db.work import due_work
from yoyaku.testing.town import SERVICE, TOWN, hours, write_residents, write_town

OTHER = "momiji"
ISOLATED = sorted(set(metadata.tables) - {"tenant", "service", "host", "heartbeat"})


@pytest.fixture
async def two_towns(town):
    """Booked and cancelled in the one, nothing but people in the other."""
    async with tenant_transaction(town.owner, OTHER, SERVICE) as conn:
        await write_town(conn, town.rules, town=OTHER)
        await write_residents(conn, 1, town=OTHER)
    await town.book(0, hours("room"))
    return town


@pytest.fixture
def app(two_towns, fresh_database):
    """The application's role, on a bare connection."""
    assert two_towns
    with psycopg.connect(fresh_database.url.replace("+psycopg", "")) as connection:
        yield connection


def enter(app, tenant, service=SERVICE):
    app.execute(
        "SELECT set_config('app.tenant_id', %s, true), set_config('app.service_id', %s, true)", [tenant, service]
    )


@pytest.mark.parametrize("context", [None, ("", ""), ("nowhere", SERVICE), (TOWN, ""), (TOWN, "other")])
def test_without_its_tenant_and_service_nothing_is_seen(app, context):
    if context:
        enter(app, *context)
    seen = {table: app.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ISOLATED}  # noqa: S608
    of_tenant = {"inventory_version": 1} if context and context[0] == TOWN else {}
    assert {table: count for table, count in seen.items() if count} == of_tenant


def test_a_town_sees_its_own_rows_only(app):
    enter(app, OTHER)
    assert app.execute("SELECT count(*) FROM booking").fetchone() == (0,)
    assert app.execute("SELECT DISTINCT tenant_id FROM resource_unit").fetchall() == [(OTHER,)]


def test_the_context_ends_with_the_transaction(app):
    enter(app, TOWN)
    assert app.execute("SELECT count(*) FROM booking").fetchone() == (1,)
    app.commit()
    assert app.execute("SELECT count(*) FROM booking").fetchone() == (0,)


def test_nothing_is_written_for_another_town(app):
    enter(app, OTHER)
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        app.execute(
            "INSERT INTO number_sequence (tenant_id, service_id, scope, last_value) VALUES (%s, %s, 'x', 1)",
            [TOWN, SERVICE],
        )


def test_another_towns_rows_are_neither_changed_nor_removed(app):
    enter(app, OTHER)
    assert app.execute("UPDATE booking SET state = 'confirmed', confirmed_at = now()").rowcount == 0
    assert app.execute("DELETE FROM occupancy").rowcount == 0


def test_a_row_cannot_be_moved_to_another_town(app):
    enter(app, TOWN)
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        app.execute("UPDATE deadline SET tenant_id = %s", [OTHER])


def test_a_booking_cannot_refer_to_another_towns_person(app):
    enter(app, TOWN)
    app.execute("SELECT set_config('app.tenant_id', %s, true)", [OTHER])
    theirs = app.execute("SELECT registrant_id FROM registrant").fetchone()[0]
    enter(app, TOWN)
    with pytest.raises(errors.ForeignKeyViolation):
        app.execute("UPDATE booking SET registrant_id = %s", [theirs])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE service SET clock_offset_seconds = 1",
        "INSERT INTO tenant VALUES ('x', '0', '{}', 'UTC', '{ja}', '')",
        "DELETE FROM booking",
        "DELETE FROM audit_entry",
        "UPDATE booking_event SET actor = 'system'",
        "UPDATE rule_set_version SET document = ''",
        "DELETE FROM resource_unit",
        "ALTER TABLE booking DISABLE ROW LEVEL SECURITY",
        "SET ROLE yoyaku_owner",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (x int)",
    ],
)
def test_the_application_may_not(app, statement):
    enter(app, TOWN)
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


def test_not_even_the_owner_changes_what_was_published(two_towns, fresh_database):
    assert two_towns
    with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as owner:
        enter(owner, TOWN)
        for statement in (
            "UPDATE rule_set_version SET document = ''",
            "DELETE FROM booking_event",
            "DELETE FROM audit_entry",
            "TRUNCATE booking_event CASCADE",
        ):
            with pytest.raises(errors.RestrictViolation), owner.transaction():
                owner.execute(statement)


def test_the_owner_too_sees_only_the_tenant_it_names(two_towns, fresh_database):
    assert two_towns
    with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as owner:
        assert owner.execute("SELECT count(*) FROM booking").fetchone() == (0,)


async def test_the_sweep_learns_where_and_what_and_nothing_more(two_towns):
    engine = make_engine(two_towns.engine.url.render_as_string(hide_password=False), pool_size=1)
    async with platform_transaction(engine) as conn:
        due = await due_work(conn, at_most=10)
    await engine.dispose()
    assert [(one.tenant_id, one.service_id, one.kind) for one in due] == [(TOWN, SERVICE, "outbox")]

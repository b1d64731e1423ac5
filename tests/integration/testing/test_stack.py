"""The bundled servers themselves."""

import psycopg
import pytest

from yoyaku.testing.stack.databases import ROLES_PASSWORD


def connect(address):
    return psycopg.connect(address.replace("+psycopg", ""))


def test_the_application_is_neither_superuser_nor_passes_by_row_level_security(database):
    with connect(database.url) as connection:
        role = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

    assert role == ("yoyaku_app", False, False, False)


def test_a_database_of_its_own_has_the_schema(fresh_database, database):
    assert fresh_database.name != database.name
    with connect(fresh_database.owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


def test_the_application_cannot_make_tables(database):
    with connect(database.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE mine (it int)")


def test_addresses_of_another_server_carry_the_roles_password(database_server):
    other = type(database_server)(superuser_url="postgresql://admin:secret@db.example:5433/postgres")

    assert other.url(database="x", user="yoyaku_app") == (
        f"postgresql+psycopg://yoyaku_app:{ROLES_PASSWORD}@db.example:5433/x"
    )


def test_the_broker_answers(broker_url):
    assert broker_url.startswith("redis+socket:///")

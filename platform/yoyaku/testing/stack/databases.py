"""Databases for tests: a migrated template once, then a copy for whoever needs one (some 50 ms)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from yoyaku.testing.stack.postgres import APPLICATION, FORGETFUL, OWNER, Cluster, start_cluster

TEMPLATE = "yoyaku_template"
ROLES_PASSWORD = "only-for-tests"  # noqa: S105  # for TEST_DATABASE_URL servers that ask for one


@dataclass(frozen=True, kw_only=True)
class Server:
    """A PostgreSQL server known by its superuser's address (``postgresql://…``)."""

    superuser_url: str
    cluster: Cluster | None = None

    @classmethod
    def bundled(cls, folder: Path, *, forgetful: bool) -> Server:
        """Start the bundled one; ``forgetful`` for data that nobody misses after a power cut."""
        options = {**(FORGETFUL if forgetful else {}), "max_connections": "300"}
        cluster = start_cluster(folder, options=options)
        return cls(superuser_url=cluster.url(database="postgres", driver=""), cluster=cluster)

    def stop(self) -> None:
        """Stop it, if it is ours."""
        if self.cluster is not None:
            self.cluster.stop()

    def url(self, *, database: str, user: str | None = None, driver: str = "+psycopg") -> str:
        """The address of ``database`` for a role; the superuser's without ``user``."""
        url = make_url(self.superuser_url).set(drivername=f"postgresql{driver}", database=database)
        if user is not None:
            url = url.set(username=user, password=None if self.cluster else ROLES_PASSWORD)
        return url.render_as_string(hide_password=False)

    @contextlib.contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        """A connection of the superuser's, outside transactions."""
        with psycopg.connect(self.url(database="postgres", driver=""), autocommit=True) as connection:
            yield connection

    def make_roles(self) -> None:
        """The two roles of an installation; neither is a superuser nor passes by row-level security."""
        with self.superuser() as connection:
            for role in (OWNER, APPLICATION):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(
                        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEROLE NOBYPASSRLS").format(
                            sql.Identifier(role), sql.Literal(ROLES_PASSWORD)
                        )
                    )

    def make_database(self, name: str, *, template: str = "template1") -> Database:
        """A new database of the owner's."""
        with self.superuser() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
                )
            )
        return Database(server=self, name=name)

    def has_database(self, name: str) -> bool:
        """Whether there is one of that name."""
        with self.superuser() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        return found is not None

    def drop_database(self, name: str) -> None:
        """Drop it, disconnecting whoever is left in it."""
        with self.superuser() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@dataclass(frozen=True, kw_only=True)
class Database:
    """A database and its addresses, for SQLAlchemy (``postgresql+psycopg://``)."""

    server: Server
    name: str

    @property
    def url(self) -> str:
        """As the application's role."""
        return self.server.url(database=self.name, user=APPLICATION)

    @property
    def owner_url(self) -> str:
        """As the owner: migrations, loading tenants."""
        return self.server.url(database=self.name, user=OWNER)

    @property
    def superuser_url(self) -> str:
        """As the superuser: looking at what row-level security hides."""
        return self.server.url(database=self.name)

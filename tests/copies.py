"""Databases that are filled once in a run, by whichever of its processes needs one first, and then copied."""

from contextlib import contextmanager

import psycopg
from psycopg import sql

from yoyaku.testing.stack.databases import TEMPLATE

MARK = "COMMENT ON DATABASE {} IS {}"
FILLED_AT = "SELECT shobj_description(oid, 'pg_database')::bigint FROM pg_database WHERE datname = %s"
SET_BACK = "UPDATE service SET clock_offset_seconds = clock_offset_seconds - (extract(epoch FROM now())::bigint - %s)"


def template_of(server, name, *, fill, base=TEMPLATE):
    """The name of the database that is ``base`` and what ``fill`` writes into it, made when it is first asked for."""
    with server.superuser() as conn:
        conn.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # as long as the connection lasts
        if not server.has_database(name):
            unfinished = f"{name}_unfinished"
            server.drop_database(unfinished)
            fill(copy(server, unfinished, base))
            filled_at = conn.execute("SELECT extract(epoch FROM now())::bigint").fetchone()[0]
            conn.execute(sql.SQL(MARK).format(sql.Identifier(unfinished), sql.Literal(str(filled_at))))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            conn.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def copy(server, name, template):
    """A copy of a database, in which the services' clocks stand where they stood when that was filled."""
    made = server.make_database(name, template=template)
    with server.superuser() as conn:
        filled_at = conn.execute(FILLED_AT, [template]).fetchone()[0]
    if filled_at is not None:
        with psycopg.connect(server.url(database=name, driver="")) as conn:
            conn.execute(SET_BACK, [filled_at])
    return made


@contextmanager
def copied(server, name, template):
    """The same, dropped at the end."""
    yield copy(server, name, template)
    server.drop_database(name)


def forget_templates(server):
    """Drop what an earlier run left on a server that outlived it."""
    with server.superuser() as conn:
        names = conn.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [TEMPLATE]).fetchall()
    for (name,) in names:
        server.drop_database(name)

"""Alembic: each migration in its own transaction, giving up on a lock rather than stopping the city behind it."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import create_engine, pool, text

from yoyaku.db.engine import driver_url
from yoyaku.db.tables import metadata

LOCK_TIMEOUT = "5s"


def owner_url() -> str:
    """The database as its owner: from the caller's attributes, the ini file, or the environment."""
    given = context.config.attributes.get("url") or context.config.get_main_option("sqlalchemy.url")
    url = given or os.environ.get("MIGRATION_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("MIGRATION_DATABASE_URL is not set: the database as its owner (see docs/settings.md).")
    return driver_url(url)


def run() -> None:
    """Bring the database to the wanted revision."""
    engine = create_engine(owner_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('lock_timeout', :limit, false)"), {"limit": LOCK_TIMEOUT})
        connection.commit()
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; there is no offline mode.")
run()

"""``yoyaku db``: the schema's migrations."""

from __future__ import annotations

from pathlib import Path

import click

from yoyaku.cli.environment import read_settings
from yoyaku.kernel.errors import YoyakuError

MIGRATIONS = Path("migrations")


class MigrationsNotFound(YoyakuError):
    """The command was started in another folder."""

    status = 500
    code = "migrations_not_found"
    title = f"There is no folder {MIGRATIONS}/ here: start this in the project's folder."


@click.group()
def db() -> None:
    """Bring the database to the newest schema."""


@db.command()
@click.option("--revision", default="head", show_default=True, help="Up to which migration.")
def upgrade(revision: str) -> None:
    """Run the migrations that have not run yet, as the database's owner (MIGRATION_DATABASE_URL)."""
    upgrade_database(read_settings().migration_database_url, revision=revision)
    click.echo("The database has the newest schema.")


def upgrade_database(url: str, *, revision: str = "head") -> None:
    """Run the migrations on ``url`` (a SQLAlchemy address) up to ``revision``."""
    from alembic import command
    from alembic.config import Config

    if not MIGRATIONS.is_dir():
        raise MigrationsNotFound
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, revision)

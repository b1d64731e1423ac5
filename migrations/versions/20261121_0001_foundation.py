"""The foundation: tenants, people, bookings, work to be done, and the isolation of tenants.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from alembic.util import CommandError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0001"


def upgrade() -> None:
    for script in sorted(SQL.glob("*.sql")):
        run_script(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise CommandError("There is nothing before the foundation: drop the database instead.")


def run_script(statements: str) -> None:
    """Several statements at once, as psql would (the driver allows that only without parameters)."""
    driver_connection = op.get_bind().connection.driver_connection
    driver_connection.execute(statements)

"""Lotteries: schemes by month, entries, wins, proofs, and how a booking arose.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from alembic.util import CommandError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0003"


def upgrade() -> None:
    driver_connection = op.get_bind().connection.driver_connection
    for script in sorted(SQL.glob("*.sql")):
        driver_connection.execute(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise CommandError("Lotteries that were drawn cannot be undrawn: restore a backup instead.")

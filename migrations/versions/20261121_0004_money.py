"""Money: charges, attempts, the ledger, debits, cash, receipts, arrears, relief.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from alembic.util import CommandError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0004"


def upgrade() -> None:
    driver_connection = op.get_bind().connection.driver_connection
    for script in sorted(SQL.glob("*.sql")):
        driver_connection.execute(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise CommandError("Money that moved cannot be unmoved: restore a backup instead.")

"""What a year of lotteries, money and drafts needs besides: reminders before a payment is due, and their like.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from alembic.util import CommandError

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0006"


def upgrade() -> None:
    driver_connection = op.get_bind().connection.driver_connection
    for script in sorted(SQL.glob("*.sql")):
        driver_connection.execute(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise CommandError("What was decided since cannot be forgotten: restore a backup instead.")

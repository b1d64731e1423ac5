"""Tenant admins: drafts of rules with their reviews and dry runs, closures, the site, the sealed record.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from alembic.util import CommandError

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0005"


def upgrade() -> None:
    driver_connection = op.get_bind().connection.driver_connection
    for script in sorted(SQL.glob("*.sql")):
        driver_connection.execute(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise CommandError("What was reviewed and published cannot be forgotten: restore a backup instead.")

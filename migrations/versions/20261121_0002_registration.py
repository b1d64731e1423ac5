"""Registration: people as cities ask for them, proofs of identity, ways to log in, groups, messages, favourites.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from alembic.util import CommandError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql" / "0002"


def upgrade() -> None:
    driver_connection = op.get_bind().connection.driver_connection
    for script in sorted(SQL.glob("*.sql")):
        driver_connection.execute(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    raise CommandError("Registrations cannot be made less than they are: restore a backup instead.")

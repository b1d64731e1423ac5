"""Charges, which the database raises and changes with their bookings; here they are read and paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.billing.views import ChargeView

_COLUMNS = """
    charge_id, number, registrant_id, payer_id, payee, raised_at, fiscal_year, owed_yen, paid_yen, written_off_yen,
    state, method, due_at, overdue_since
"""
_ONE = f"SELECT {_COLUMNS} FROM charge WHERE charge_id = :charge_id"  # noqa: S608  # the columns above
_READ = text(_ONE)
_LOCK = text(f"{_ONE} FOR UPDATE")
_OF_PERSON = text(f"""
    SELECT {_COLUMNS} FROM charge
    WHERE coalesce(payer_id, registrant_id) = :payer_id OR registrant_id = :payer_id ORDER BY raised_at DESC, charge_id
""")  # noqa: S608
_WRITE_OFF = text("UPDATE charge SET written_off_yen = written_off_yen + :yen WHERE charge_id = :charge_id")
_OWE_AGAIN = text("""
    SELECT take_back_writing_off(tenant_id, service_id, charge_id, written_off_yen, :at) FROM charge
    WHERE charge_id = :charge_id
""")
_PAY = text("UPDATE charge SET paid_yen = :paid_yen WHERE charge_id = :charge_id")


async def read_charge(conn: AsyncConnection, *, charge_id: UUID) -> ChargeView | None:
    """A charge; ``None`` where nothing was ever owed for that booking."""
    return _first((await conn.execute(_READ, {"charge_id": charge_id})).mappings().first())


async def lock_charge(conn: AsyncConnection, *, charge_id: UUID) -> ChargeView | None:
    """The same, held still until the transaction ends; lock what it is for first."""
    return _first((await conn.execute(_LOCK, {"charge_id": charge_id})).mappings().first())


async def charges_of(conn: AsyncConnection, *, payer_id: UUID) -> Sequence[ChargeView]:
    """What somebody owes or owed, or pays for others, the newest first."""
    return [ChargeView(**row) for row in (await conn.execute(_OF_PERSON, {"payer_id": payer_id})).mappings()]


async def set_paid(conn: AsyncConnection, *, charge_id: UUID, paid_yen: int) -> None:
    """Write how much of a charge is paid, in the transaction in which the money is posted."""
    await conn.execute(_PAY, {"charge_id": charge_id, "paid_yen": paid_yen})


async def write_off(conn: AsyncConnection, *, charge_id: UUID, yen: int) -> None:
    """Give up so much of a charge held still, in the transaction in which that is posted."""
    await conn.execute(_WRITE_OFF, {"charge_id": charge_id, "yen": yen})


async def owe_again(conn: AsyncConnection, *, charge_id: UUID, at: datetime) -> None:
    """All that was given up of a charge held still is owed again; it is posted with that."""
    await conn.execute(_OWE_AGAIN, {"charge_id": charge_id, "at": at})


def _first(row: RowMapping | None) -> ChargeView | None:
    return None if row is None else ChargeView(**row)

"""Who did what, on what, and why: written in the transaction of the act itself, so that neither is without the other.

Acts on bookings are written down by the booking service; here are those that only the counter does.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin import repository
from yoyaku.admin.repository import AuditEntry
from yoyaku.booking.visit import Visit
from yoyaku.kernel.ids import new_id


async def note_act(
    conn: AsyncConnection,
    *,
    visit: Visit,
    act: str,
    subject: tuple[str, str],
    why: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write down what somebody did; ``subject`` is its kind and id."""
    entry = AuditEntry(
        entry_id=new_id(),
        at=visit.now,
        account_id=visit.account_id,
        staff_name=visit.staff_name,
        act=act,
        subject_kind=subject[0],
        subject_id=subject[1],
        why=why,
        facts=facts or {},
        registrant_id=UUID(subject[1]) if subject[0] == "registrant" else None,
        purpose=visit.purpose,
    )
    await repository.add_entry(conn, entry)

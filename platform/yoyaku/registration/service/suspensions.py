"""Nobody who is suspended books, enters a lottery or joins a group; paying stays possible.

Unpaid fees suspend by themselves (the ladder of arrears), anything else by a member of staff, who says why.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.repository.suspensions import suspensions_of
from yoyaku.rules.refusal import Refusal


class RegistrationSuspended(Refusal):
    """The use of the service is suspended (``since``, ``overdue_yen``: what is to be paid first)."""

    status = 403
    code = "registration_suspended"
    title = "Your use of this service is suspended. Please pay what is overdue, then ask the counter to reopen it."


class RegistrationBarred(Refusal):
    """The city suspended the use of the service (``since``), for a ``reason`` that it gave (KS-120)."""

    status = 403
    code = "registration_barred"
    title = "The city has suspended your use of this service. Please ask the counter."


async def find_suspension(
    conn: AsyncConnection, *, registrant_id: UUID | None, payer_id: UUID | None = None
) -> Refusal | None:
    """Why somebody, or whoever is to pay for them, may not use the service now; ``None`` where they may (KS-113)."""
    people = [one for one in (registrant_id, payer_id) if one is not None]
    found = await suspensions_of(conn, registrant_ids=people) if people else ()
    if not found:
        return None
    barred = next((one for one in found if one.cause == "staff"), None)
    if barred is not None:
        return RegistrationBarred(since=barred.since, reason=barred.reason)
    return RegistrationSuspended(since=found[0].since, overdue_yen=max(one.overdue_yen for one in found))


async def require_not_suspended(
    conn: AsyncConnection, *, registrant_id: UUID | None, payer_id: UUID | None = None
) -> None:
    """Let pass whoever is not suspended, nor is the one who is to pay for them.

    Raises:
        RegistrationSuspended, RegistrationBarred: one of them is.
    """
    suspended = await find_suspension(conn, registrant_id=registrant_id, payer_id=payer_id)
    if suspended is not None:
        raise suspended

"""Suspending somebody's use of a service for what they did, and letting them in again (KS-120)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.helping import say_in_inbox
from yoyaku.admin.service.looking import note
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.act import Act
from yoyaku.registration.repository import suspensions
from yoyaku.registration.repository.suspensions import SuspensionView
from yoyaku.registration.service.details import read_profile

BY_STAFF = "staff"


async def barred_of(conn: AsyncConnection, *, registrant_id: UUID) -> SuspensionView | None:
    """The suspension by staff that somebody is under now."""
    found = await suspensions.suspensions_of(conn, registrant_ids=[registrant_id])
    return next((one for one in found if one.cause == BY_STAFF), None)


async def bar(conn: AsyncConnection, *, act: Act, registrant_id: UUID, reason: str, purpose: str | None) -> None:
    """Nobody books or enters a lottery as this registrant from now on; they are told why. What they have stays theirs.

    Raises:
        NotFound: there is no such registration, or it is over.
    """
    profile = await read_profile(conn, registrant_id=registrant_id)
    if profile.row.anonymised_at is not None:
        raise NotFound(what="registration")
    row = {
        "suspension_id": new_id(),
        "registrant_id": registrant_id,
        "cause": BY_STAFF,
        "reason": reason,
        "charge_id": None,
        "since": act.now,
    }
    if await suspensions.add_suspension(conn, row):
        done = "registration_barred"
        await note(conn, act=act, done=done, registrant_id=registrant_id, purpose=purpose, why=reason)
        await say_in_inbox(conn, act=act, registrant_id=registrant_id, done=done)


async def unbar(conn: AsyncConnection, *, act: Act, registrant_id: UUID, why: str, purpose: str | None) -> None:
    """Let them in again.

    Raises:
        NotFound: no suspension by staff stands.
    """
    standing = await barred_of(conn, registrant_id=registrant_id)
    if standing is None:
        raise NotFound(what="suspension")
    await suspensions.lift_suspension(
        conn, suspension_id=standing.suspension_id, at=act.now, staff_id=act.staff_id, why=why
    )
    done = "registration_unbarred"
    await note(conn, act=act, done=done, registrant_id=registrant_id, purpose=purpose, why=why)
    await say_in_inbox(conn, act=act, registrant_id=registrant_id, done=done)

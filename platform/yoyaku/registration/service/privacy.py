"""A registrant's own data: all of them to take along, and to be forgotten while bookings and sums stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.act import Act
from yoyaku.registration.policy.life import DeletionByClerk, StillTied
from yoyaku.registration.repository import events, privacy
from yoyaku.registration.repository.life import LifeRow
from yoyaku.registration.service.identity import forget_identity
from yoyaku.registration.service.stages import get_life
from yoyaku.registration.ties import Ties, holders


async def find_ties(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> Ties:
    """What still ties a registrant: bookings that are not over, entries that are not decided, and what is owed."""
    found = [await one.find_ties(conn, registrant_id=registrant_id, now=act.now) for one in holders()]
    days = [one.last_on for one in found if one.last_on is not None]
    return Ties(
        bookings=sum(one.bookings for one in found),
        entries=sum(one.entries for one in found),
        owed_yen=sum(one.owed_yen for one in found),
        last_on=max(days, default=None),
    )


async def anonymise(conn: AsyncConnection, *, act: Act, registrant_id: UUID, why: str) -> None:
    """Forget who a registrant was; bookings, totals and statistics stay. Done again, it changes nothing.

    The login id is free again, and means nobody. ``why`` is told with the farewell.

    Raises:
        NotFound: there is no such registrant.
        StillTied: bookings are not over, entries not decided, or money is owed; nothing was changed.
    """
    row = await get_life(conn, registrant_id=registrant_id, lock="alone")
    if row.anonymised_at is not None:
        return
    ties = await find_ties(conn, act=act, registrant_id=registrant_id)
    if ties.bookings or ties.entries or ties.owed_yen:
        raise StillTied(bookings=ties.bookings, entries=ties.entries, owed_yen=ties.owed_yen)
    await forget_identity(conn, registrant_id=registrant_id, now=act.now)
    for one in holders():
        await one.forget(conn, registrant_id=registrant_id)
    for kind in ("registration_expiry", "registration_reminder", "registration_retention"):
        await events.set_deadline(conn, kind=kind, subject_id=registrant_id, due_at=None)
    await privacy.forget_registrant(
        conn,
        registrant_id=registrant_id,
        now=act.now,
        real_now=act.real_now,
        kept_answers=[field.code for field in act.terms.fields if not field.of_person],
    )
    await _say_farewell(conn, act=act, row=row, why=why)


async def ask_deletion(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> None:
    """Let a resident end their own registration; the page has asked for the password before.

    Raises:
        DeletionByClerk: the rules leave that to the counter.
        StillTied: see :func:`anonymise`.
    """
    if "resident" not in act.terms.retention.deletion_by:
        raise DeletionByClerk
    await anonymise(conn, act=act, registrant_id=registrant_id, why="asked")


async def export_data(conn: AsyncConnection, *, registrant_id: UUID) -> dict[str, Any]:
    """Everything that is held of somebody, by name, as plain values: instants are ISO 8601, amounts whole yen.

    Raises:
        NotFound: there is no such registrant.
    """
    await get_life(conn, registrant_id=registrant_id)
    told: dict[str, Any] = dict(await privacy.export_registrant(conn, registrant_id=registrant_id))
    for one in holders():
        held: Mapping[str, Any] = await one.export(conn, registrant_id=registrant_id)
        told |= held
    return told


async def _say_farewell(conn: AsyncConnection, *, act: Act, row: LifeRow, why: str) -> None:
    """A last mail; to whom is in the event until it is told, and nowhere else. Who never finished gets none."""
    if row.email is None or row.stage in act.terms.retention.unfinished_stages:
        return
    facts = {"email": row.email, "language": row.language, "name": row.name, "why": why}
    await events.tell(conn, kind="registration_ended", registrant_id=row.registrant_id, facts=facts)

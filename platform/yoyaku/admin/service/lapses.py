"""Who would lose a win when: shown by name only for a purpose, and each look is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.visit import Visit
from yoyaku.lottery.repository.entry_rows import read_requests
from yoyaku.lottery.service.lapsing import preview_lapse
from yoyaku.registration.service import get_registrant

SHOWN_AT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class Loser:
    """Whose win would lapse when, and what would be lost; no ``name`` where nobody said for what."""

    receipt: str
    name: str | None
    accept_until: datetime | None
    requests: Sequence[BookingRequest]


@dataclass(frozen=True, kw_only=True)
class Losers:
    """The first to lose something first, some at most; and how many wins there are in all."""

    shown: Sequence[Loser]
    wins: int


async def look_at_losers(conn: AsyncConnection, *, visit: Visit, lottery_id: UUID, by_name: bool) -> Losers:
    """The wins that nobody decided, of the facilities that this member of staff sees.

    With ``by_name`` and a purpose names are told, and that each was looked at is written down.

    Raises:
        NotFound: there is no such lottery.
    """
    found = (await preview_lapse(conn, lottery_id=lottery_id)).wins
    mine = [one for one in found if visit.reaches(*one.facilities)]
    first = sorted(mine, key=lambda one: (one.accept_until is None, one.accept_until or visit.now, one.receipt))
    shown = []
    for one in first[:SHOWN_AT_MOST]:
        name = None
        if by_name and visit.purpose:
            name = (await get_registrant(conn, registrant_id=one.registrant_id)).name
            subject = ("registrant", str(one.registrant_id))
            facts = {"lottery_id": str(lottery_id)}
            await note_act(conn, visit=visit, act="lottery_previewed", subject=subject, facts=facts)
        requests = read_requests(one.requests, one.form)
        shown.append(Loser(receipt=one.receipt, name=name, accept_until=one.accept_until, requests=requests))
    return Losers(shown=shown, wins=len(mine))

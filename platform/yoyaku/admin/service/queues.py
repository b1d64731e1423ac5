"""What waits for staff: who of them may see it, how long it waits, and when that is too long."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.repository.queues import Waiting, names_of, what_waits
from yoyaku.admin.service.audit import note_act
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.registration.policy.roles import Permission

KINDS: Final[Mapping[str, Permission]] = MappingProxyType(
    {
        "registrations": Permission.REVIEW,
        "reliefs": Permission.BOOKINGS,
        "tentative": Permission.BOOKINGS,
        "mandates": Permission.MANDATES,
        "money": Permission.MONEY,
        "wins": Permission.LOTTERIES,
        "drafts": Permission.EDIT_RULES,
    }
)
"""What waits, in the order in which it is shown, and what it takes to see it."""

SHOWN: Final = 20
"""How many of a kind are listed beside the others."""
AT_MOST: Final = 500
"""How many are listed of one kind by itself."""


@dataclass(frozen=True, kw_only=True)
class QueueItem:
    """One thing that waits, for so many whole days; ``late``: longer than it should."""

    item: Waiting
    days: int
    late: bool


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What waits of one kind: how many in all, how many of them too long, and the longest waiting."""

    kind: str
    many: int
    late: int
    late_after: int | None
    oldest: QueueItem
    items: Sequence[QueueItem]


async def queues_for(
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    permissions: Collection[Permission],
    only: str | None = None,
) -> list[Queue]:
    """The queues of which something waits, of those that somebody with these permissions sees.

    A clerk who is bound to facilities sees bookings of those only, and no money, of which nobody knows whose it is; no
    admin sees drafts that they wrote themselves. ``only`` one kind is listed to its end.
    """
    kinds = [kind for kind, needed in KINDS.items() if needed in permissions and only in (None, kind)]
    if visit.facilities:
        kinds = [kind for kind in kinds if kind != "money"]
    if not any({"counter", "approval"} & set(one.confirmed_by) for one in rules.booking.lifecycle):
        kinds = [kind for kind in kinds if kind != "tentative"]  # they wait for their people, not for staff
    found = await what_waits(conn, kinds=kinds, facilities=visit.facilities, staff_id=visit.staff_id)
    by_kind = {kind: list(rows) for kind, rows in groupby(found, key=lambda row: row.kind)}
    shown = SHOWN if only is None else AT_MOST
    after = rules.staff.late_after_days
    return [
        # Wins wait for residents, and lapse by themselves.
        _queue(kind, by_kind[kind], getattr(after, kind, None), now=visit.now, shown=shown)
        for kind in kinds
        if kind in by_kind
    ]


async def whose(conn: AsyncConnection, *, visit: Visit, queues: Sequence[Queue]) -> dict[UUID, str]:
    """The names of those who wait in what is listed, to somebody who said for what they look at people: it is noted.

    Nobody's, where they did not.
    """
    ids = {one.item.registrant_id for queue in queues for one in queue.items} - {None}
    if not visit.purpose or not ids:
        return {}
    names = await names_of(conn, registrant_ids=[one for one in ids if one is not None])
    for registrant_id in sorted(names):
        await note_act(conn, visit=visit, act="person_found", subject=("registrant", str(registrant_id)))
    return names


def _queue(kind: str, rows: Sequence[Waiting], after: int | None, *, now: datetime, shown: int) -> Queue:
    items = [_item(row, after, now) for row in rows]
    return Queue(
        kind=kind,
        many=len(items),
        late=sum(one.late for one in items),
        late_after=after,
        oldest=items[0],
        items=items[:shown],
    )


def _item(row: Waiting, after: int | None, now: datetime) -> QueueItem:
    days = max((now - row.since).days, 0)
    return QueueItem(item=row, days=days, late=after is not None and days > after)

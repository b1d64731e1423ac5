"""How the lotteries of a service stand, for the staff who see or run them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.visit import Visit
from yoyaku.extension.registry import beacon_plugins
from yoyaku.kernel.errors import NotFound
from yoyaku.lottery.policy.standing import Awaited, Life, Step, step_besides, steps_of
from yoyaku.lottery.repository import overview
from yoyaku.lottery.repository.overview import Batch, File, Running, Standing, Stuck, Wanted
from yoyaku.lottery.service.kept import Kept

__all__ = [
    "Batch",
    "Details",
    "File",
    "Overview",
    "Running",
    "Standing",
    "Stuck",
    "Wanted",
    "read_all",
    "read_file",
    "read_one",
    "read_planning",
]

WANTED_KEPT: Final = 64
_WANTED: Final = Kept[Sequence[Wanted]](at_most=WANTED_KEPT)
MOMENTS: Final = ("opens_at", "closes_at", "draws_at", "announces_at", "releases_at")


@dataclass(frozen=True, kw_only=True)
class Overview:
    """A lottery with its steps, and the one that runs now where one does."""

    lottery: Standing
    steps: tuple[Step, ...]
    running: Running | None
    by_hand: bool

    @property
    def next_step(self) -> Step | None:
        """What is due next, or should have been done."""
        return next((step for step in self.steps if step.state in {"next", "late", "stuck"}), None)

    @property
    def troubles(self) -> tuple[Step, ...]:
        """Steps that are late or stuck."""
        return tuple(step for step in self.steps if step.trouble is not None)

    @property
    def value_wanted(self) -> bool:
        """Whether somebody may type in the public value now."""
        return self.by_hand and self.lottery.state == "sealed" and self.lottery.public_value is None


@dataclass(frozen=True, kw_only=True)
class Details:
    """What else is known of one lottery."""

    overview: Overview
    wins: Mapping[str, int]
    wanted: Sequence[Wanted]
    history: Sequence[Batch]
    stuck: Sequence[Stuck] = field(default=())
    files: Sequence[File] = field(default=())


async def read_all(conn: AsyncConnection, *, visit: Visit) -> list[Overview]:
    """All lotteries, those that are not over first."""
    standing = await overview.list_standing(conn)
    awaited = await overview.list_awaited(conn)
    running = await _running(conn, visit=visit)
    return [_overview(one, awaited=awaited, running=running, visit=visit) for one in standing]


async def read_one(conn: AsyncConnection, *, visit: Visit, lottery_id: UUID) -> Details:
    """One lottery with counts, files and what was done to it; of wins nothing before the announcement.

    Raises:
        NotFound: there is none.
    """
    found = await overview.list_standing(conn, lottery_id=lottery_id)
    if not found:
        raise NotFound(what="lottery")
    awaited = [
        *await overview.list_awaited(conn, lottery_id=lottery_id),
        *await overview.list_besides_done(conn, lottery_id=lottery_id),
    ]
    running = await _running(conn, visit=visit, lottery_id=lottery_id)
    return Details(
        overview=_overview(found[0], awaited=awaited, running=running, visit=visit),
        wins=await overview.count_wins(conn, lottery_id=lottery_id) if found[0].announced_at else {},
        wanted=await _most_wanted(conn, found[0]),
        history=await overview.list_history(conn, lottery_id=lottery_id),
        stuck=await overview.list_stuck(conn, lottery_id=lottery_id),
        files=await overview.list_files(conn, lottery_id=lottery_id),
    )


async def _most_wanted(conn: AsyncConnection, lottery: Standing) -> Sequence[Wanted]:
    """What most entries ask for, counted once when they stand still: a big lottery's uses are a million rows."""

    async def make() -> Sequence[Wanted]:
        return await overview.most_wanted(conn, lottery_id=lottery.lottery_id)

    return await (make() if lottery.sealed_at is None else _WANTED.get((lottery.lottery_id,), make))


async def read_file(conn: AsyncConnection, *, lottery_id: UUID, name: str) -> bytes:
    """A file of a lottery, as anybody will be able to read it once it is announced.

    Raises:
        NotFound: there is none of that name.
    """
    content = await overview.read_content(conn, lottery_id=lottery_id, name=name)
    if content is None:
        raise NotFound(what="file")
    return gzip.decompress(content)


async def read_planning(conn: AsyncConnection, *, visit: Visit) -> Step | None:
    """When lotteries are planned next, and what keeps them from it; ``None`` where nothing is going to plan any."""
    due = next((one for one in await overview.list_awaited(conn) if one.kind == "lottery_plan"), None)
    return None if due is None else step_besides(due, now=visit.now, offset=visit.now - visit.real_now)


async def _running(conn: AsyncConnection, *, visit: Visit, lottery_id: UUID | None = None) -> dict[UUID, Running]:
    """Steps that are not through, with when that was told in business time."""
    found = await overview.list_running(conn, lottery_id=lottery_id)
    ahead = visit.now - visit.real_now
    return {one.lottery_id: replace(one, at=one.at + ahead) for one in found if one.done < one.total}


def _overview(one: Standing, *, awaited: Sequence[Awaited], running: Mapping[UUID, Running], visit: Visit) -> Overview:
    plugin = beacon_plugins().get(one.beacon)  # one that is not installed any more is told as trouble of the draw
    by_hand = plugin is not None and plugin.by_hand
    life = Life(
        **{name: getattr(one, name) for name in MOMENTS},
        state=one.state,
        value_wanted=by_hand and one.public_value is None,
    )
    own = [due for due in awaited if due.subject_id == one.lottery_id]
    steps = steps_of(life, awaited=own, now=visit.now, offset=visit.now - visit.real_now)
    return Overview(lottery=one, steps=steps, running=running.get(one.lottery_id), by_hand=by_hand)

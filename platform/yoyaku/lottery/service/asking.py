"""What an entry is decided with: the lottery that takes it, and what is left to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.policy.case import Act
from yoyaku.booking.repository.availability import read_occupancy
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service.carting import is_free
from yoyaku.booking.service.submit import with_answers
from yoyaku.booking.visit import Visit
from yoyaku.lottery.policy.cover import Cover, covering_scheme
from yoyaku.lottery.policy.entrant import check_entrant, not_open
from yoyaku.lottery.policy.entry import EntryPlan, EntryRequest, HeldEntry, decide_entry
from yoyaku.lottery.policy.refusals import EntryEmpty, EntryNotCovered, LotteryNotFound, NothingToDraw
from yoyaku.lottery.repository import entries as stored
from yoyaku.lottery.repository.lotteries import LotteryRow, find_lottery
from yoyaku.lottery.rules import Month, scheme_of, times_of


@dataclass(frozen=True, kw_only=True)
class OpenLottery:
    """A lottery that takes entries, with the moments that were announced."""

    lottery_id: UUID
    cover: Cover


def with_form(request: EntryRequest, form: Mapping[str, Any]) -> EntryRequest:
    """The entry with the answers that all its uses share beneath their own."""
    return EntryRequest(parts=tuple(with_answers(part, form) for part in request.parts))


def as_announced(cover: Cover, row: LotteryRow) -> Cover:
    """A lottery by the moments that its row promised to everybody."""
    times = replace(
        cover.times,
        opens_at=row.opens_at.astimezone(UTC),
        closes_at=row.closes_at.astimezone(UTC),
        draws_at=row.draws_at.astimezone(UTC),
        announces_at=row.announces_at.astimezone(UTC),
        releases_at=row.releases_at.astimezone(UTC),
    )
    return cover._replace(times=times)


def cover_of(rules: ServiceRules, row: LotteryRow) -> Cover:
    """The scheme, month and moments of a lottery.

    Raises:
        LotteryNotFound: the rules in force know its scheme no more.
    """
    scheme = scheme_of(rules, row.scheme)
    if scheme is None:
        raise LotteryNotFound(scheme=row.scheme)
    month = Month(starts=row.period_starts, ends=row.period_ends)
    return as_announced(Cover(scheme, month, times_of(rules, scheme, month)), row)


def act_of(visit: Visit) -> Act:
    """The visit as policies see it."""
    return Act(person=visit.person, channel=visit.channel, actor=visit.actor, now=visit.now)


async def open_lottery(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, request: EntryRequest, hold: bool
) -> OpenLottery:
    """The lottery of the first use. With ``hold`` it is not closed before the transaction ends.

    Raises:
        EntryEmpty, EntryNotCovered: there is no use, or no lottery draws its place and day.
        Refusal: it does not take entries now, or not of this person.
    """
    if not request.parts:
        raise EntryEmpty
    first = request.parts[0]
    cover = covering_scheme(rules, space_id=first.space_id, use_on=first.use_on, now=visit.now)
    if cover is None:
        raise EntryNotCovered(item=0)
    row = await find_lottery(conn, scheme=cover.scheme.code, month_starts=cover.month.starts)
    if row is None:
        check_entrant(rules, cover=cover, act=act_of(visit))
        raise not_open(rules, cover=cover, act=act_of(visit), starting=True)
    cover = as_announced(cover, row)
    check_entrant(rules, cover=cover, act=act_of(visit))
    state = await stored.hold_still(conn, lottery_id=row.lottery_id) if hold else row.state
    if state != "open":
        raise not_open(rules, cover=cover, act=act_of(visit), starting=state == "planned")
    return OpenLottery(lottery_id=row.lottery_id, cover=cover)


def decide(  # noqa: PLR0913 - see the policy
    rules: ServiceRules,
    *,
    visit: Visit,
    cover: Cover,
    request: EntryRequest,
    rank: int | None,
    held: Sequence[HeldEntry],
    check_form: bool,
) -> EntryPlan:
    """The entry as it would be made in this visit.

    Raises:
        Refusal: by a rule.
    """
    return decide_entry(
        rules,
        scheme=cover.scheme,
        month=cover.month,
        times=cover.times,
        request=request,
        rank=rank,
        person=visit.person,
        channel=visit.channel,
        actor=visit.actor,
        held=held,
        now=visit.now,
        check_form=check_form,
    )


async def require_chance(conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, plan: EntryPlan) -> None:
    """Let pass an entry that can win: what it wants is neither closed nor used for something else.

    Raises:
        NothingToDraw: it could only lose; ``item`` is the place of the use.
    """
    claims = [claim for part in plan.parts for claim in part.claims]
    days = [claim.use_on for claim in claims]
    occupancy = await read_occupancy(
        conn,
        visit=visit,
        resources=sorted({claim.resource_id for claim in claims}),
        first=min(days),
        end=max(days) + timedelta(days=1),
    )
    for item, part in enumerate(plan.parts):
        if not all(is_free(claim, occupancy, rules) for claim in part.claims):
            raise NothingToDraw(item=item, use_on=part.use_on, trace=part.trace)

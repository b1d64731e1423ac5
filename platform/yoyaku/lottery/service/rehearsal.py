"""Rehearsing a lottery: the rules in force beside others, on entries of a month or on made up ones. Nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.visit import Visit
from yoyaku.extension.draw import DrawRules
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.policy.cells import cut_cells
from yoyaku.lottery.policy.draw import algorithm_of, rules_of
from yoyaku.lottery.policy.rehearsal import (
    Hopeful,
    Measured,
    Scene,
    Setting,
    Synthetic,
    compare,
    seeds_of,
    synthesise,
)
from yoyaku.lottery.policy.rehearsal_uses import kinds_of, wishable_uses
from yoyaku.lottery.policy.seal import read_sealed
from yoyaku.lottery.policy.wants import parse_wants
from yoyaku.lottery.repository import overview
from yoyaku.lottery.repository.files import read_content
from yoyaku.lottery.repository.stock import read_stock
from yoyaku.lottery.rules import month_of, scheme_of
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.condition import Facts

SECONDS: Final = 8.0
"""How long a rehearsal may draw; then it tells of the draws it made."""


class RehearsalEmpty(YoyakuError):
    """Nobody wishes anything: nothing can be drawn."""

    status = 422
    code = "rehearsal_empty"
    title = "There are no entries to rehearse with."


class RehearsalSchemeUnknown(YoyakuError):
    """The rules have no lottery of that code."""

    status = 422
    code = "rehearsal_scheme_unknown"
    title = "The rules have no such lottery."


@dataclass(frozen=True, kw_only=True)
class Invented:
    """Entries to be made up: how many applicants, with how many wishes at most, and how they flock (see the policy)."""

    applicants: int
    wishes: int
    skew: str


@dataclass(frozen=True, kw_only=True)
class RehearsalRequest:
    """What is tried on a scheme: on the entries of the lottery that closed last, or on ``invented`` ones.

    ``algorithm``, ``wins_at_most`` and ``entries_at_most`` are set in place of the scheme's; ``tiers`` and ``tickets``
    say whether the scheme's count. ``number`` makes the seeds of ``draws`` draws.
    """

    scheme: str
    invented: Invented | None
    algorithm: str
    wins_at_most: int | None
    entries_at_most: int
    tiers: bool
    tickets: bool
    number: int
    draws: int


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What the rules in force give, and what those that are tried give; ``month`` is that of the entries."""

    in_force: Measured
    tried: Measured
    month: date
    asked: int
    is_same: bool

    @property
    def is_limited(self) -> bool:
        """Whether time was up before all draws were made."""
        return self.tried.draws < self.asked


async def rehearse(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, request: RehearsalRequest, seconds: float = SECONDS
) -> Rehearsal:
    """Draw many times by both rules and compare. Nothing is written.

    Raises:
        RehearsalSchemeUnknown: there is no such scheme.
        RehearsalEmpty: nobody entered, or nothing is lent.
        PluginUnknown: nothing installed draws so.
    """
    scheme = scheme_of(rules, request.scheme)
    if scheme is None:
        raise RehearsalSchemeUnknown(scheme=request.scheme)
    if request.invented is None:
        month, scene = await _scene_of_last(conn, scheme)
    else:
        month, scene = await _scene_of_invented(conn, visit=visit, rules=rules, scheme=scheme, request=request)
    if not scene.hopefuls:
        raise RehearsalEmpty
    settings = [_in_force(scheme), _tried(scheme, request)]
    found = await asyncio.to_thread(_draw, scene, settings, request=request, seconds=seconds)
    return Rehearsal(
        in_force=found[0], tried=found[1], month=month, asked=request.draws, is_same=settings[0] == settings[1]
    )


def _draw(
    scene: Scene, settings: Sequence[Setting], *, request: RehearsalRequest, seconds: float
) -> tuple[Measured, ...]:
    return compare(
        scene,
        settings,
        seeds=seeds_of(request.number, request.draws),
        drawings=[algorithm_of(one.rules.algorithm) for one in settings],
        may_go_on=_for(seconds),
    )


def _for(seconds: float) -> Callable[[], bool]:
    ends = monotonic() + seconds
    return lambda: monotonic() < ends


def _in_force(scheme: LotteryScheme) -> Setting:
    return Setting(
        rules=rules_of(scheme.draw),
        entries_at_most=scheme.entry.at_most,
        tiers=scheme.draw.tiers,
        tickets=scheme.draw.tickets,
    )


def _tried(scheme: LotteryScheme, request: RehearsalRequest) -> Setting:
    return Setting(
        rules=DrawRules(
            algorithm=request.algorithm,
            wins_at_most=request.wins_at_most,
            settings=scheme.draw.settings if request.algorithm == scheme.draw.algorithm else {},
        ),
        entries_at_most=request.entries_at_most,
        tiers=scheme.draw.tiers if request.tiers else [],
        tickets=scheme.draw.tickets if request.tickets else [],
    )


async def last_closed(conn: AsyncConnection, *, scheme: str) -> tuple[UUID, date] | None:
    """The lottery of a scheme that closed last, and the first day of its month."""
    closed = [one for one in await overview.list_standing(conn) if one.scheme == scheme and one.sealed_hash]
    latest = max(closed, key=lambda one: one.period_starts, default=None)
    return None if latest is None else (latest.lottery_id, latest.period_starts)


async def _scene_of_last(conn: AsyncConnection, scheme: LotteryScheme) -> tuple[date, Scene]:
    found = await last_closed(conn, scheme=scheme.code)
    content = None if found is None else await read_content(conn, lottery_id=found[0], name="sealed")
    if found is None or content is None:
        raise RehearsalEmpty
    facts = await overview.facts_of_applicants(conn, lottery_id=found[0])
    _, cells, applicants = await asyncio.to_thread(read_sealed, content)
    hopefuls = [
        Hopeful(pseudonym=one.pseudonym, entries=one.entries, facts=_as_facts(facts.get(one.pseudonym, {})))
        for one in applicants
    ]
    return found[1], Scene(hopefuls=hopefuls, cells=cells)


def _as_facts(stored: Mapping[str, Any]) -> Facts:
    """Facts as conditions look at them: JSON knows no sets."""
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in stored.items()}


async def _scene_of_invented(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, scheme: LotteryScheme, request: RehearsalRequest
) -> tuple[date, Scene]:
    month = month_of(month_of(rules.civil_date(visit.now)).ends)
    wanted = await asyncio.to_thread(wishable_uses, rules, scheme=scheme, month=month, now=visit.now)
    if request.invented is None or not wanted:
        raise RehearsalEmpty
    days = {(want.resource_id, want.day) for one in set(wanted) for want in parse_wants(one)}
    stock = await read_stock(conn, days=days, grains=rules.inventory.buckets)
    cut = await asyncio.to_thread(cut_cells, set(wanted), stock.free)
    made = Synthetic(
        applicants=request.invented.applicants,
        wishes=request.invented.wishes,
        skew=request.invented.skew,
        number=request.number,
        kinds=kinds_of(rules),
    )
    uses = [cut.wants[one] for one in wanted]
    return month.starts, await asyncio.to_thread(synthesise, made, uses=uses, cells=cut.cells)

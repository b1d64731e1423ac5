"""Closing a place for a time, or keeping it for official use: looked at beforehand, done at once, ended early.

Whoever stands in the way is displaced by the rules under which they booked, in the transaction that takes their place:
a booking made at the same moment is either displaced or refused, and no time is anybody's and closed as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.closure_refusals import (
    ClosureBlocked,
    ClosureGroundsMissing,
    ClosureHitsChanged,
    ClosurePast,
    ClosureWhileDrawn,
)
from yoyaku.booking.policy import CancellationPlan, decide_cancellation
from yoyaku.booking.policy.closing import ClosedUnit, Closing, closed_units, touched_spaces
from yoyaku.booking.repository import closures as stored
from yoyaku.booking.repository.closures import Displaced
from yoyaku.booking.repository.rows import booked_facts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import PinnedRules, revoke_booking
from yoyaku.booking.service.finding import require_clerk, require_why
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotAllowed
from yoyaku.kernel.ids import new_id
from yoyaku.lottery.repository.closures import Drawing, count_entries, hold_drawing
from yoyaku.lottery.repository.wins import WinRow, read_wins
from yoyaku.lottery.service.revoking import revoke_wins
from yoyaku.rules.refusal import Refusal

ATTEMPTS: Final = 5
"""How often it is begun anew where somebody books between looking and closing."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A booking that a closure displaces: what it gets by its rules, or why they do not let it go (``refusal``)."""

    booking: BookingView
    plan: CancellationPlan | None
    refusal: Refusal | None


@dataclass(frozen=True, kw_only=True)
class ClosurePreview:
    """What a closure would do: whom it displaces, and how many open entries wish for its times.

    ``drawing`` are lotteries that are sealed and not announced: they keep the days until they are.
    """

    closing: Closing
    hits: Sequence[Hit]
    wins: Sequence[WinRow]
    entries: int
    drawing: Sequence[Drawing]

    @property
    def seen(self) -> frozenset[UUID]:
        """Whom it displaces, to be seen again as it is applied."""
        return frozenset([*(hit.booking.booking_id for hit in self.hits), *(win.entry_id for win in self.wins)])

    @property
    def blocked(self) -> tuple[str, ...]:
        """The numbers of bookings that the rules do not let the city revoke on these grounds."""
        return tuple(hit.booking.number for hit in self.hits if hit.plan is None)


async def preview_closure(
    conn: AsyncConnection, *, visit: Visit, rules: ServiceRules, rules_of: PinnedRules, closing: Closing, grounds: str
) -> ClosurePreview:
    """What a closure would do now; nothing is changed.

    Raises:
        NotAllowed: by clerks of other facilities.
        ClosurePast, ClosureTooLong, UnknownSpace: there is nothing to close.
    """
    _check(visit, rules, closing)
    units = closed_units(rules, closing)
    return await _look(conn, visit=visit, rules=rules, rules_of=rules_of, closing=closing, units=units, grounds=grounds)


def _check(visit: Visit, rules: ServiceRules, closing: Closing) -> None:
    require_clerk(visit)
    if not visit.reaches(closing.facility):
        raise NotAllowed
    if rules.instant(closing.last_on, closing.ends_minute) <= visit.now or closing.first_on < rules.civil_date(
        visit.now
    ):
        raise ClosurePast


async def _look(  # noqa: PLR0913  # what is looked at, by which rules, for whom
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    rules_of: PinnedRules,
    closing: Closing,
    units: Sequence[ClosedUnit],
    grounds: str,
) -> ClosurePreview:
    drawing = await hold_drawing(
        conn,
        resources=sorted({one.resource_id for one in units}),
        first_on=closing.first_on,
        last_on=closing.last_on,
    )
    found = await stored.bookings_in_the_way(conn, visit=visit, closing=closing, units=units)
    won = await stored.wins_in_the_way(conn, visit=visit, closing=closing, units=units)
    fixed = tuple(one for one in drawing if one.is_fixed)
    return ClosurePreview(
        closing=closing,
        hits=[await _hit(visit, rules_of, booking, grounds) for booking in found],
        # What was drawn and not announced is shown to nobody; then nothing is closed anyway.
        wins=[] if fixed else await read_wins(conn, entry_ids=won),
        entries=await count_entries(
            conn,
            spaces=[placed.space_id for placed in touched_spaces(rules, closing)],
            first_on=closing.first_on,
            last_on=closing.last_on,
            minutes=(closing.starts_minute, closing.ends_minute),
        ),
        drawing=fixed,
    )


async def _hit(visit: Visit, rules_of: PinnedRules, booking: BookingView, grounds: str) -> Hit:
    rules = await rules_of(version=booking.rule_set_version, inventory_version=booking.inventory_version)
    try:
        plan = decide_cancellation(
            rules,
            booking=booked_facts(booking),
            actor=visit.actor,
            channel=visit.channel,
            now=visit.now,
            reason="?",
            grounds=grounds,
        )
    except Refusal as refusal:
        return Hit(booking=booking, plan=None, refusal=refusal)
    return Hit(booking=booking, plan=plan, refusal=None)


class _SomebodyCame(Exception):  # no error: it is begun anew
    """Somebody booked between looking and closing."""


async def apply_closure(  # noqa: PLR0913  # what is closed, by whom, on which grounds, having seen what
    conn: AsyncConnection,
    *,
    visit: Visit,
    rules: ServiceRules,
    rules_of: PinnedRules,
    closing: Closing,
    grounds: str,
    why: str,
    seen: frozenset[UUID] | None = None,
) -> UUID:
    """Displace whoever is in the way and take their place; the closure's id. All of it happens, or nothing.

    ``grounds`` is the code of the rules on which bookings are revoked (empty where none is in the way), ``why`` what
    those who are displaced are told, ``seen`` whom the preview named (``None``: whoever is there).

    Raises:
        NotAllowed, ClosurePast, ClosureTooLong, UnknownSpace: as :func:`preview_closure`.
        WhyMissing, ClosureGroundsMissing: it lacks a reason, or grounds where somebody is displaced.
        ClosureHitsChanged: others are in the way than were seen.
        ClosureBlocked: the rules do not let some of them go on these grounds.
        ClosureWhileDrawn: a lottery that is sealed draws these days.
    """
    _check(visit, rules, closing)
    require_why(why)
    units = closed_units(rules, closing)
    for _ in range(ATTEMPTS):
        try:
            async with conn.begin_nested():
                await stored.lock_bookings_in_the_way(conn, visit=visit, closing=closing, units=units)
                preview = await _look(
                    conn, visit=visit, rules=rules, rules_of=rules_of, closing=closing, units=units, grounds=grounds
                )
                _require_clear(preview, grounds, seen)
                return await _apply(conn, visit, rules_of, preview, units, grounds=grounds, why=why)
        except _SomebodyCame:
            continue
    raise ClosureHitsChanged


def _require_clear(preview: ClosurePreview, grounds: str, seen: frozenset[UUID] | None) -> None:
    if preview.drawing:
        raise ClosureWhileDrawn(until=max(one.announces_at for one in preview.drawing))
    if seen is not None and preview.seen != seen:
        raise ClosureHitsChanged
    if preview.hits and not grounds:
        raise ClosureGroundsMissing
    if preview.blocked:
        raise ClosureBlocked(numbers=", ".join(preview.blocked))


async def _apply(  # noqa: PLR0913  # as apply_closure, with what is known by now
    conn: AsyncConnection,
    visit: Visit,
    rules_of: PinnedRules,
    preview: ClosurePreview,
    units: Sequence[ClosedUnit],
    *,
    grounds: str,
    why: str,
) -> UUID:
    closing, closure_id = preview.closing, new_id()
    await stored.add_closure(conn, visit=visit, closure_id=closure_id, closing=closing, grounds=grounds)
    # First what is free, which waits for whoever books this moment; then those who were there, and then their places.
    await stored.occupy(conn, visit=visit, closure_id=closure_id, closing=closing, units=units)
    await _require_nobody_else(conn, visit, closing, units, preview.seen)
    displaced = await _displace(conn, visit, rules_of, preview, grounds=grounds, why=why)
    await stored.occupy(conn, visit=visit, closure_id=closure_id, closing=closing, units=units)
    await _require_nobody_else(conn, visit, closing, units, frozenset())
    await stored.add_displaced(conn, visit=visit, closure_id=closure_id, displaced=displaced)
    facts = {"kind": closing.kind, "facility": closing.facility, "displaced": len(displaced), "grounds": grounds}
    await note_act(conn, visit=visit, act="closure_applied", subject=("closure", str(closure_id)), why=why, facts=facts)
    return closure_id


async def _require_nobody_else(
    conn: AsyncConnection, visit: Visit, closing: Closing, units: Sequence[ClosedUnit], known: frozenset[UUID]
) -> None:
    found = await stored.bookings_in_the_way(conn, visit=visit, closing=closing, units=units)
    won = await stored.wins_in_the_way(conn, visit=visit, closing=closing, units=units)
    if not {*(one.booking_id for one in found), *won} <= known:
        raise _SomebodyCame


async def _displace(
    conn: AsyncConnection, visit: Visit, rules_of: PinnedRules, preview: ClosurePreview, *, grounds: str, why: str
) -> list[Displaced]:
    gone = [
        Displaced(kind="win", subject_id=one, refund_yen=0) for one in await _revoke_wins(conn, visit, preview, why)
    ]
    for hit in preview.hits:
        one = hit.booking
        rules = await rules_of(version=one.rule_set_version, inventory_version=one.inventory_version)
        ended = await revoke_booking(
            conn, visit=visit, rules=rules, booking_id=one.booking_id, grounds=grounds, why=why
        )
        gone.append(Displaced(kind="booking", subject_id=one.booking_id, refund_yen=ended.refund_yen or 0))
    return gone


async def _revoke_wins(conn: AsyncConnection, visit: Visit, preview: ClosurePreview, why: str) -> list[UUID]:
    return await revoke_wins(conn, visit=visit, entry_ids=[win.entry_id for win in preview.wins], why=why)

"""How far a lottery is: which steps are done, which is next, what is late or stuck, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

StepState = Literal["done", "next", "coming", "late", "stuck"]
TroubleCode = Literal["by_hand", "beacon", "setup", "order", "stopped", "other"]

GRACE: Final = timedelta(minutes=5)
"""How long after its moment a step may still be waiting for its turn before it is called late."""
ORDER: Final = ("planned", "open", "sealed", "drawn", "announced", "released")
STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "lottery_open": ("open", "opens_at"),
    "lottery_seal": ("sealed", "closes_at"),
    "lottery_draw": ("drawn", "draws_at"),
    "lottery_announce": ("announced", "announces_at"),
    "lottery_release": ("released", "releases_at"),
}
"""The steps that move a lottery: by the kind of their deadline, the state they lead to, and their moment."""
SIGNS: Final[Sequence[tuple[str, TroubleCode]]] = (
    ("NotYet", "beacon"),
    ("BeaconFailed", "beacon"),
    ("PluginUnknown", "setup"),
    ("ProfileMissing", "setup"),
    ("PluginSettingsWrong", "setup"),
    ("NotReady", "order"),
)
"""By what an error is known in the words a worker leaves behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A lottery as staff see it; ``applicants`` and ``entries`` count those that stand now, or stood at closing."""

    lottery_id: UUID
    scheme: str
    period_starts: date
    state: str
    rule_set_version: int
    inventory_version: int
    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    sealed_at: datetime | None
    drawn_at: datetime | None
    announced_at: datetime | None
    released_at: datetime | None
    secret_hash: str
    sealed_hash: str | None
    result_hash: str | None
    seed: str | None
    beacon: str
    public_source: str | None
    public_value: str | None
    public_value_at: datetime | None
    applicants: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A deadline that is not done: due in business time, tried again at ``next_try_at`` in real time (``None``: now)."""

    subject_id: UUID
    kind: str
    due_at: datetime
    attempts: int
    next_try_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a step is not done: ``since`` when (business time), how often it was tried, when it is tried again.

    ``said`` is what the worker left behind, for whoever runs the platform.
    """

    code: TroubleCode
    since: datetime
    attempts: int
    next_try_at: datetime | None
    said: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a lottery's life, by the kind of its deadline."""

    kind: str
    at: datetime
    state: StepState
    trouble: Trouble | None = None


def steps_of(
    lottery: Standing, *, awaited: Sequence[Awaited], now: datetime, by_hand: bool, offset: timedelta
) -> tuple[Step, ...]:
    """The steps in the order of their moments.

    ``by_hand``: the public value is typed in by staff. ``offset`` is what business time is ahead of real time.
    """
    reached = ORDER.index(lottery.state)
    waiting = {one.kind: one for one in awaited if one.subject_id == lottery.lottery_id}
    steps = []
    for kind, (leads_to, name) in STEPS.items():
        if ORDER.index(leads_to) <= reached:
            steps.append(Step(kind=kind, at=getattr(lottery, name), state="done"))
            continue
        is_next = ORDER.index(leads_to) == reached + 1
        found = waiting.get(kind)
        at = found.due_at if found else getattr(lottery, name)
        trouble = _trouble(kind, lottery, found, now=now, by_hand=by_hand, offset=offset) if is_next else None
        steps.append(Step(kind=kind, at=at, state=_state(trouble, is_next=is_next), trouble=trouble))
    others = [one for one in waiting.values() if one.kind not in STEPS]
    steps += [_besides(one, now=now, offset=offset) for one in others]
    return tuple(sorted(steps, key=lambda step: step.at))


def _state(trouble: Trouble | None, *, is_next: bool) -> StepState:
    if trouble is None:
        return "next" if is_next else "coming"
    return "late" if trouble.code == "stopped" else "stuck"


def _trouble(  # what a step is judged by
    kind: str, lottery: Standing, found: Awaited | None, *, now: datetime, by_hand: bool, offset: timedelta
) -> Trouble | None:
    at = found.due_at if found else getattr(lottery, STEPS[kind][1])
    if kind == "lottery_draw" and by_hand and lottery.public_value is None and at <= now:
        return _said(found, code="by_hand", since=at, offset=offset)
    return _held_up(found, at=at, now=now, offset=offset)


def _held_up(found: Awaited | None, *, at: datetime, now: datetime, offset: timedelta) -> Trouble | None:
    if found is not None and found.last_error is not None and at <= now:
        signs = (code for sign, code in SIGNS if sign in found.last_error)
        return _said(found, code=next(signs, "other"), since=at, offset=offset)
    return _said(found, code="stopped", since=at, offset=offset) if at + GRACE < now else None


def _besides(one: Awaited, *, now: datetime, offset: timedelta) -> Step:
    trouble = _held_up(one, at=one.due_at, now=now, offset=offset)
    return Step(kind=one.kind, at=one.due_at, state=_state(trouble, is_next=False), trouble=trouble)


def _said(found: Awaited | None, *, code: TroubleCode, since: datetime, offset: timedelta) -> Trouble:
    again = found.next_try_at if found is not None and found.attempts else None
    return Trouble(
        code=code,
        since=since,
        attempts=found.attempts if found else 0,
        next_try_at=None if again is None else again + offset,
        said=found.last_error if found else None,
    )

"""How far a lottery is: which steps are done, which is next, what is late or stuck, and why."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

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
class Life:
    """A lottery's state and moments; ``value_wanted``: its public value has to be typed in, and is not yet."""

    state: str
    opens_at: datetime
    closes_at: datetime
    draws_at: datetime
    announces_at: datetime
    releases_at: datetime
    value_wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A deadline that is not done: due in business time, tried again at ``next_try_at`` in real time (``None``: now)."""

    subject_id: Hashable
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


def steps_of(life: Life, *, awaited: Sequence[Awaited], now: datetime, offset: timedelta) -> tuple[Step, ...]:
    """The steps in the order of their moments; ``awaited`` are the lottery's own deadlines.

    ``offset`` is what business time is ahead of real time.
    """
    reached = ORDER.index(life.state)
    waiting = {one.kind: one for one in awaited}
    steps = []
    for kind, (leads_to, name) in STEPS.items():
        ahead = ORDER.index(leads_to) - reached
        found = waiting.get(kind) if ahead > 0 else None
        at = found.due_at if found else getattr(life, name)
        trouble = _trouble(kind, life, found, at=at, now=now, offset=offset) if ahead == 1 else None
        steps.append(Step(kind=kind, at=at, state=_state(trouble, ahead=ahead), trouble=trouble))
    others = [one for one in waiting.values() if one.kind not in STEPS]
    steps += [_besides(one, now=now, offset=offset) for one in others]
    return tuple(sorted(steps, key=lambda step: step.at))


def _state(trouble: Trouble | None, *, ahead: int) -> StepState:
    if trouble is not None:
        return "late" if trouble.code == "stopped" else "stuck"
    return "done" if ahead <= 0 else "next" if ahead == 1 else "coming"


def _trouble(
    kind: str, life: Life, found: Awaited | None, *, at: datetime, now: datetime, offset: timedelta
) -> Trouble | None:
    if kind == "lottery_draw" and life.value_wanted and at <= now:
        return _said(found, code="by_hand", since=at, offset=offset)
    return _held_up(found, at=at, now=now, offset=offset)


def _held_up(found: Awaited | None, *, at: datetime, now: datetime, offset: timedelta) -> Trouble | None:
    if found is not None and found.last_error is not None and at <= now:
        signs = (code for sign, code in SIGNS if sign in found.last_error)
        return _said(found, code=next(signs, "other"), since=at, offset=offset)
    return _said(found, code="stopped", since=at, offset=offset) if at + GRACE < now else None


def _besides(one: Awaited, *, now: datetime, offset: timedelta) -> Step:
    trouble = _held_up(one, at=one.due_at, now=now, offset=offset)
    return Step(kind=one.kind, at=one.due_at, state=_state(trouble, ahead=2), trouble=trouble)


def _said(found: Awaited | None, *, code: TroubleCode, since: datetime, offset: timedelta) -> Trouble:
    again = found.next_try_at if found is not None and found.attempts else None
    return Trouble(
        code=code,
        since=since,
        attempts=found.attempts if found else 0,
        next_try_at=None if again is None else again + offset,
        said=found.last_error if found else None,
    )

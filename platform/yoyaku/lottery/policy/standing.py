"""How far a lottery is: which steps are done, which is next, what is late or stuck, and why."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.kept import read_error

StepState = Literal["done", "next", "coming", "late", "stuck"]
TroubleCode = Literal["by_hand", "early", "beacon", "setup", "order", "stopped", "undone", "refused", "other"]

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
KINDS: Final[Mapping[str, TroubleCode]] = {
    "NotYet": "early",
    "BeaconFailed": "beacon",
    "PluginUnknown": "setup",
    "ContractMismatch": "setup",
    "ProfileMissing": "setup",
    "PluginSettingsWrong": "setup",
    "NotReady": "order",
}
"""What stands behind the kinds of errors that a worker leaves behind; any other that has a sentence is ``refused``."""
IN_ORDER: Final = (
    "lottery_plan",
    "lottery_open",
    "lottery_remind",
    "lottery_seal",
    "lottery_draw",
    "lottery_announce",
    "lottery_remind_win",
    "lottery_lapse",
    "lottery_release",
)
"""Steps of the same moment come in this order."""


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
    """A deadline: due in business time, tried again at ``next_try_at`` in real time (``None``: now).

    ``failure`` is the ``kind`` of what last went wrong with its ``code``, ``title`` and ``facts`` where it has a sentence.
    """

    subject_id: Hashable
    kind: str
    due_at: datetime
    attempts: int = 0
    next_try_at: datetime | None = None
    failure: Mapping[str, Any] | None = None
    deadline_id: Hashable = None
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a step is not done: ``since`` when (business time), how often it was tried, when it is tried again.

    ``said`` is the sentence of what went wrong, where it has one; ``record`` leads to it in the log of the platform.
    """

    code: TroubleCode
    since: datetime
    attempts: int
    next_try_at: datetime | None
    said: YoyakuError | None
    record: Hashable


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a lottery's life, by the kind of its deadline."""

    kind: str
    at: datetime
    state: StepState
    trouble: Trouble | None = None


def steps_of(life: Life, *, awaited: Sequence[Awaited], now: datetime, offset: timedelta) -> tuple[Step, ...]:
    """The steps in the order of their moments; ``awaited`` are the lottery's own deadlines, also those besides that are
    done. The first that is not done is next, unless it is late or stuck.

    ``offset`` is what business time is ahead of real time.
    """
    reached = ORDER.index(life.state)
    waiting = {one.kind: one for one in awaited if not one.done}
    steps = []
    for kind, (leads_to, name) in STEPS.items():
        ahead = ORDER.index(leads_to) - reached
        found = waiting.get(kind)
        at = found.due_at if found and ahead > 0 else getattr(life, name)
        trouble = _trouble(kind, life, found, at=at, now=now, offset=offset) if ahead == 1 else None
        if found and ahead <= 0:  # what follows it is not done: bookings, notices
            trouble = _held_up(found, at=found.due_at, now=now, offset=offset)
        state = _state(trouble) if trouble or ahead > 0 else "done"
        steps.append(Step(kind=kind, at=at, state=state, trouble=trouble))
    past = [Step(kind=one.kind, at=one.due_at, state="done") for one in awaited if one.done]
    others = [step_besides(one, now=now, offset=offset) for one in waiting.values() if one.kind not in STEPS]
    return _with_next(sorted([*steps, *past, *others], key=lambda step: (step.at, IN_ORDER.index(step.kind))))


def step_besides(one: Awaited, *, now: datetime, offset: timedelta) -> Step:
    """A step that moves no lottery from state to state: planning, a reminder, a lapse."""
    trouble = _held_up(one, at=one.due_at, now=now, offset=offset)
    return Step(kind=one.kind, at=one.due_at, state=_state(trouble), trouble=trouble)


def _with_next(steps: Sequence[Step]) -> tuple[Step, ...]:
    first = next((place for place, step in enumerate(steps) if step.state != "done"), None)
    return tuple(
        replace(step, state="next") if place == first and step.state == "coming" else step
        for place, step in enumerate(steps)
    )


def _state(trouble: Trouble | None) -> StepState:
    if trouble is None:
        return "coming"
    return "late" if trouble.code == "stopped" else "stuck"


def _trouble(
    kind: str, life: Life, found: Awaited | None, *, at: datetime, now: datetime, offset: timedelta
) -> Trouble | None:
    if kind == "lottery_draw" and life.value_wanted and at <= now:
        return _said(found, code="by_hand", since=at, offset=offset)
    return _held_up(found, at=at, now=now, offset=offset)


def _held_up(found: Awaited | None, *, at: datetime, now: datetime, offset: timedelta) -> Trouble | None:
    if found is not None and found.failure is not None and at <= now:
        known = KINDS.get(found.failure["kind"]) or ("refused" if "code" in found.failure else "other")
        return _said(found, code=known, since=at, offset=offset)
    code: TroubleCode = (
        "stopped" if found is not None else "undone"
    )  # taken back by staff: nothing is going to do it by itself
    return _said(found, code=code, since=at, offset=offset) if at + GRACE < now else None


def _said(found: Awaited | None, *, code: TroubleCode, since: datetime, offset: timedelta) -> Trouble:
    again = found.next_try_at if found is not None and found.attempts else None
    failure = found.failure if found is not None else None
    return Trouble(
        code=code,
        since=since,
        attempts=found.attempts if found else 0,
        next_try_at=None if again is None else again + offset,
        said=read_error(failure) if failure is not None and "code" in failure else None,
        record=found.deadline_id if found else None,
    )

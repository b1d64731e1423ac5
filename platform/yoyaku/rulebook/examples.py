"""Examples, tried by the same policies that decide for residents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from yoyaku.billing.policy.offering import is_offered
from yoyaku.booking.policy import (
    BookingPlan,
    check_terms,
    decide_booking,
    decide_cancellation,
    decide_change,
    decide_confirmation,
    decide_lapse,
    format_number,
    quote_booking,
    window_for,
)
from yoyaku.booking.rules import ServiceRules
from yoyaku.fee.policy import Quote
from yoyaku.kernel.errors import YoyakuError
from yoyaku.rulebook.cells import day_cells
from yoyaku.rulebook.drawing import LOTTERY_ACTIONS
from yoyaku.rulebook.registering import REGISTRATION_ACTIONS
from yoyaku.rulebook.scene import Decision, ExampleIncomplete, Scene, to_instant
from yoyaku.rulebook.terms import Case, Example
from yoyaku.rules.refusal import Refusal

INSTANTS: Final = frozenset(
    {
        *("allowed_from", "allowed_until", "opens_at", "closes_at", "visible_at", "lapses_at"),
        *("draws_at", "announces_at", "releases_at", "accept_until"),
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of ``then`` that came out otherwise."""

    key: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """One example, tried."""

    example: Example | Case
    decision: Decision
    differences: tuple[Difference, ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether everything came as expected."""
        return not self.differences


def try_examples(rules: ServiceRules, examples: Sequence[Example]) -> list[Outcome]:
    """Each example of a rule set, tried."""
    return [try_example(rules, example) for example in examples]


def try_example(rules: ServiceRules, example: Example | Case) -> Outcome:
    """One example, tried."""
    decision = decide(rules, example)
    expected = msgspec.structs.asdict(example.then)
    differences = [
        Difference(key, value, decision.found.get(key))
        for key, value in expected.items()
        if value is not None and not _agrees(rules, key, value, decision.found.get(key))
    ]
    return Outcome(example, decision, tuple(differences))


def decide(rules: ServiceRules, example: Example | Case) -> Decision:
    """The decision that an example asks for; a refusal is one too."""
    scene = Scene(rules=rules, example=example)
    try:
        return _ACTIONS[example.when.action](scene)
    except Refusal as refusal:
        facts = {name: refusal.facts[name] for name in (*INSTANTS, "requirement") if name in refusal.facts}
        found = {"outcome": "refused", "reason": refusal.code, **facts}
        if example.when.booking is not None:
            found["state"] = scene.booked.state
        return Decision(found, refusal.trace, refusal)
    except YoyakuError as error:
        return Decision({"outcome": error.code}, (), error)


def _agrees(rules: ServiceRules, key: str, expected: Any, found: Any) -> bool:  # noqa: ANN401 -- any part of `then`
    if found is None:
        return False
    if key in INSTANTS:
        return bool(to_instant(expected, rules.zone) == found)
    if key == "due":
        return all(name in found and to_instant(text, rules.zone) == found[name] for name, text in expected.items())
    if key in {"cells", "written", "results", "rounds"}:
        return _contains(found, expected)
    return bool(expected == found)


def _contains(found: Any, expected: Any) -> bool:  # noqa: ANN401 -- cells of any depth
    if not isinstance(expected, dict):
        return bool(found == expected or (isinstance(found, dict) and found.get("mark") == expected))
    return isinstance(found, dict) and all(
        name in found and _contains(found[name], part) for name, part in expected.items()
    )


def _book(scene: Scene) -> Decision:
    act = scene.example.when
    if act.accepted_terms is not None:
        check_terms(scene.rules, act.accepted_terms)
    plan = decide_booking(
        scene.rules,
        request=scene.request,
        person=scene.person,
        channel=scene.channel,
        actor=scene.actor,
        held=scene.held,
        now=scene.now,
        application_id=act.application,
    )
    return Decision(
        {
            "outcome": "allowed",
            **_plan_values(plan),
            "methods": _methods(scene, plan),
            "number": _number(scene, plan),
            **_until(scene),
        },
        plan.trace,
    )


def _methods(scene: Scene, plan: BookingPlan) -> list[str]:
    """By which methods whoever booked may pay through the channel by which they came."""
    channel = scene.channel if scene.actor == "resident" else None
    offered = {one.code for one in scene.rules.payment.methods if is_offered(one, channel)}
    return [due.method for due in plan.payment if due.method in offered]


def _plan_values(plan: BookingPlan) -> dict[str, Any]:
    return {
        "state": plan.state,
        "lapses_at": plan.lapses_at,
        "due": {due.method: due.due_at for due in plan.payment if due.due_at is not None},
        **_quote_values(plan.quote),
    }


def _quote_values(quote: Quote) -> dict[str, Any]:
    lines: Counter[str] = Counter()
    for line in quote.lines:
        lines[line.code] += line.yen
    return {"total_yen": quote.total_yen, "tax_yen": quote.tax_yen, "lines": dict(lines)}


def _number(scene: Scene, plan: BookingPlan) -> str:
    terms = scene.rules.booking.number
    sequence = scene.example.given.sequence
    return format_number(
        terms,
        made_on=scene.rules.civil_date(scene.now),
        sequence=terms.begins_at if sequence is None else sequence,
        number_code=plan.placed.facility.number_code,
    )


def _until(scene: Scene) -> dict[str, datetime | None]:
    return {"allowed_until": _window(scene)["closes_at"]}


def _window(scene: Scene) -> dict[str, Any]:
    state = window_for(
        scene.rules,
        space_id=scene.request.space_id,
        use_on=scene.request.use_on,
        person=scene.person,
        channel=scene.channel,
        now=scene.now,
        actor=scene.actor,
    )
    return {
        "opens_at": state.opens_at,
        "closes_at": state.closes_at,
        "allowed_from": state.allowed_from,
        "visible_at": state.visible_at,
        "is_open": state.is_open,
        "outcome": "allowed" if state.is_open else "refused",
        "trace": state.trace,
    }


def _windows(scene: Scene) -> Decision:
    values = _window(scene)
    return Decision(values, values.pop("trace"))


def _quote(scene: Scene) -> Decision:
    quote = quote_booking(scene.rules, request=scene.request, act=scene.act, relief=scene.example.when.relief)
    return Decision({"outcome": "allowed", **_quote_values(quote)}, quote.trace)


def _cancel(scene: Scene) -> Decision:
    act = scene.example.when
    plan = decide_cancellation(
        scene.rules,
        booking=scene.booked,
        actor=scene.actor,
        channel=scene.channel,
        now=scene.now,
        reason=act.reason,
        grounds=act.grounds,
    )
    money = {"refund_yen": plan.refund_yen, "kept_yen": plan.kept_yen}
    return Decision({"outcome": "allowed", "state": plan.ends_as, **money}, plan.trace)


def _confirm(scene: Scene) -> Decision:
    act = scene.example.when
    plan = decide_confirmation(
        scene.rules,
        booking=scene.booked,
        by=act.by,
        now=scene.now,
        fee_taken_yen=act.fee_taken_yen,
        paid_by=act.paid_by,
    )
    return Decision({"outcome": "allowed", "state": plan.state}, plan.trace)


def _lapse(scene: Scene) -> Decision:
    plan = decide_lapse(scene.rules, booking=scene.booked, now=scene.now)
    lapses_at = scene.booked.lapses_at
    if plan is None:
        return Decision({"outcome": "refused", "state": scene.booked.state, "lapses_at": lapses_at})
    return Decision({"outcome": "allowed", "state": plan.state, "lapses_at": lapses_at}, plan.trace)


def _change(scene: Scene) -> Decision:
    plan = decide_change(
        scene.rules,
        booking=scene.booked,
        changes=scene.example.when.changes,
        actor=scene.actor,
        channel=scene.channel,
        now=scene.now,
        held=scene.held,
    )
    values = {**_plan_values(plan.plan), "more_yen": plan.more_yen}
    return Decision({"outcome": "allowed", **values}, plan.trace)


def _availability(scene: Scene) -> Decision:
    return Decision({"outcome": "allowed", "cells": day_cells(scene)})


_ACTIONS: Final[Mapping[str, Callable[[Scene], Decision]]] = {
    "book": _book,
    "quote": _quote,
    "cancel": _cancel,
    "confirm": _confirm,
    "lapse": _lapse,
    "change": _change,
    "windows": _windows,
    "availability": _availability,
    **LOTTERY_ACTIONS,
    **REGISTRATION_ACTIONS,
}

__all__ = ["Decision", "Difference", "ExampleIncomplete", "Outcome", "decide", "try_example", "try_examples"]

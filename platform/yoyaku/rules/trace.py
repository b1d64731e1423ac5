"""The clauses that made a decision: what residents, clerks and admins see as its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yoyaku.rules.condition import Value

Plain = str | int | bool | None | list[str | int]


@dataclass(frozen=True, slots=True)
class ClauseUse:
    """One clause and what it did.

    ``path`` is its place in the rule set (``booking.windows[2]``); ``reference`` the article it comes from, or
    ``default``; ``inputs`` the facts it looked at; ``outcome`` what it gave, in a form JSON can carry.
    """

    path: str
    reference: str | None = None
    inputs: Mapping[str, Value] = field(default_factory=dict)
    outcome: Plain = None


Trace = tuple[ClauseUse, ...]


def trace_to_json(trace: Trace) -> list[dict[str, Any]]:
    """The trace as it is stored with a booking and answered by the API; sets become sorted lists."""
    return [
        {
            "path": use.path,
            "reference": use.reference,
            "inputs": {name: _plain(value) for name, value in use.inputs.items()},
            "outcome": use.outcome,
        }
        for use in trace
    ]


def trace_from_json(stored: Sequence[Mapping[str, Any]]) -> Trace:
    """The trace that :func:`trace_to_json` wrote; lists among the inputs are sets again."""
    return tuple(
        ClauseUse(
            path=use["path"],
            reference=use["reference"],
            inputs={
                name: frozenset(value) if isinstance(value, list) else value for name, value in use["inputs"].items()
            },
            outcome=use["outcome"],
        )
        for use in stored
    )


def _plain(value: Value) -> Plain:
    return value if value is None or isinstance(value, str | int) else sorted(value, key=str)

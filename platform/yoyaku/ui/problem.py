"""Errors as machines read them: application/problem+json (RFC 9457), one shape for all of them.

``code`` is stable and ``facts`` are plain JSON; ``detail`` is the sentence a clerk would say, in the language asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from msgspec import Struct

from yoyaku.db.engine import Busy
from yoyaku.kernel.errors import Malformed, YoyakuError
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.trace import trace_to_json
from yoyaku.ui.languages import DEFAULT_LANGUAGE
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words

PROBLEM: Final = "application/problem+json"


class ClauseUsed(Struct, frozen=True, kw_only=True):
    """A clause of the rule set that decided: its place, its article, what it looked at, what it gave."""

    path: str
    reference: str | None
    inputs: Mapping[str, Any]
    outcome: Any


class FieldFault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing in the request that cannot be read: ``source`` is body, query, path, header or cookie."""

    message: str
    key: str | None = None
    source: str | None = None


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong (RFC 9457). Decide by ``code``, show ``detail``.

    ``facts`` are what the sentence depends on (instants in ISO 8601, amounts in whole yen). ``why`` names the clauses
    behind a refusal, the refusing one last. ``errors`` list what cannot be read. ``error_id`` is what to ask about.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    facts: Mapping[str, Any] = {}
    why: Sequence[ClauseUsed] = ()
    errors: Sequence[FieldFault] = ()
    error_id: str | None = None


def plain(value: object) -> object:
    """A fact in JSON: instants and dates in ISO 8601, sets as sorted lists, anything unknown as text."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(part) for part in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return str(value)


def problem_of(error: YoyakuError, words: Words, *, errors: Sequence[FieldFault] = ()) -> Problem:
    """An explained error."""
    why = trace_to_json(error.trace) if isinstance(error, Refusal) else ()
    return Problem(
        type=f"urn:yoyaku:error:{error.code}",
        title=error.title,
        status=error.status,
        code=error.code,
        detail=error.detail or words.sentence(error),
        facts={name: plain(value) for name, value in error.facts.items()},
        why=tuple(ClauseUsed(**use) for use in why),
        errors=tuple(errors),
    )


def problem_response(problem: Problem, *, headers: Mapping[str, str] | None = None) -> Response[Problem]:
    """The answer that carries a problem."""
    wait = problem.facts.get("retry_after_seconds")
    more = {} if wait is None else {"retry-after": str(wait)}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        more["www-authenticate"] = "Bearer"
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        more.setdefault("retry-after", "1")
    return Response(problem, status_code=problem.status, media_type=PROBLEM, headers={**(headers or {}), **more})


def answers(good: ResponseSpec | Mapping[int, ResponseSpec], *known: YoyakuError) -> dict[int, ResponseSpec]:
    """All that an operation may answer, for its documentation: what is good, and the errors by status, each shown.

    That the input cannot be read and that too many people book at this moment may happen everywhere.
    """
    found: dict[int, ResponseSpec] = dict(good) if isinstance(good, Mapping) else {200: good}
    by_status: dict[int, list[YoyakuError]] = {}
    for error in (*known, Malformed(), Busy()):
        by_status.setdefault(error.status, []).append(error)
    return found | {status: _documented(status, errors) for status, errors in sorted(by_status.items())}


def shown(shape: Any, *examples: tuple[str, object], says: str) -> ResponseSpec:  # noqa: ANN401  # any type
    """A good answer with examples by name, for the documentation."""
    # Raw: Litestar would leave out what is null.
    named = [
        Example(id=_key(name), summary=name, value=msgspec.Raw(msgspec.json.encode(value))) for name, value in examples
    ]
    return ResponseSpec(data_container=shape, description=says, generate_examples=False, examples=named)


def _documented(status: int, errors: Iterable[YoyakuError]) -> ResponseSpec:
    words = Words(DEFAULT_LANGUAGE, Wording(DEFAULT_LANGUAGE))
    examples = [
        Example(id=error.code, summary=error.title, value=msgspec.to_builtins(problem_of(error, words)))
        for error in errors
    ]
    return ResponseSpec(
        data_container=Problem,
        description=_MEANS[status],
        media_type=PROBLEM,
        generate_examples=False,
        examples=examples,
    )


_MEANS: Final[Mapping[int, str]] = {
    401: "Nobody is logged in, or not rightly.",
    403: "Whoever is logged in may not do this.",
    404: "There is no such thing, or it is somebody else's.",
    409: "A rule, or what somebody did meanwhile, stands against it; nothing was changed.",
    422: "The input cannot be read; nothing was changed.",
    429: "Too many attempts; `retry-after` says how long to wait.",
    503: "Too much at this moment; nothing was changed, try again.",
}


def _key(name: str) -> str:
    return "_".join(name.lower().split())

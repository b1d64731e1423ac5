"""How Stripe lists, searches, and shows one object within another."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any, Final

from yoyaku.testing.stripe_api.books import Books
from yoyaku.testing.stripe_api.shapes import MINUTE, ApiError, Json

LISTED: Final = {
    "checkout/sessions": ("checkout.session", ("payment_intent", "status")),
    "payment_intents": ("payment_intent", ("customer",)),
    "refunds": ("refund", ("payment_intent", "charge")),
    "balance_transactions": ("balance_transaction", ("currency", "type", "source", "payout")),
    "payouts": ("payout", ("status",)),
}
"""By which path what is listed, and by what it may be narrowed besides its time."""
MANY: Final = 100
TIMES: Final = ("created", "arrival_date")
BOUNDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "gt": lambda one, bound: one > bound,
    "gte": lambda one, bound: one >= bound,
    "lt": lambda one, bound: one < bound,
    "lte": lambda one, bound: one <= bound,
}
_QUERY: Final = re.compile(r"metadata\['([^']+)'\]:'([^']*)'\Z")


def listed(books: Books, path: str, query: Json) -> Json:
    """A page of a list, the newest first."""
    kind, narrowing = LISTED[path]
    found = [one for one in books.every(kind) if _is_within(one, query, narrowing)]
    after = query.get("starting_after")
    if after is not None:
        found = found[next(place for place, one in enumerate(found) if one["id"] == after) + 1 :]
    limit = int(query.get("limit", 10))
    if not 1 <= limit <= MANY:
        raise ApiError("parameter_invalid_integer", param="limit")
    return {"object": "list", "url": f"/v1/{path}", "has_more": len(found) > limit, "data": found[:limit]}


def searched(books: Books, query: Json) -> Json:
    """Intents by their metadata; what is younger than a minute is not found yet."""
    asked = _QUERY.match(query.get("query", ""))
    if asked is None:
        raise ApiError("parameter_invalid", param="query")
    name, value = asked.groups()
    found = [
        one
        for one in books.every("payment_intent")
        if one["metadata"].get(name) == value and one["created"] <= books.now() - MINUTE
    ]
    return {"object": "search_result", "url": "/v1/payment_intents/search", "has_more": False, "data": found}


def shown(books: Books, told: Json, paths: list[str]) -> Json:
    """A copy of an answer in which what was asked for stands in full instead of by its id."""
    copied: Json = copy.deepcopy(told)
    for path in paths:
        _expand(books, copied, path.split("."))
    return copied


def _expand(books: Books, at: Any, parts: list[str]) -> None:  # noqa: ANN401  # any part of an answer
    if isinstance(at, list):
        for one in at:
            _expand(books, one, parts)
        return
    name, *inner = parts
    if isinstance(at.get(name), str):
        at[name] = copy.deepcopy(books.kept[at[name]])
    if inner and at.get(name):
        _expand(books, at[name], inner)


def _is_within(one: Json, query: Json, narrowing: tuple[str, ...]) -> bool:
    times = [BOUNDS[name](one[key], int(bound)) for key in TIMES for name, bound in query.get(key, {}).items()]
    return all(one.get(name) == query[name] for name in narrowing if name in query) and all(times)

"""What a program asks: with a key of the account, forms in and JSON out, and keys under which a thing is done once."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final, Literal
from urllib.parse import urlsplit

from yoyaku.testing.serving import Answer, Asked
from yoyaku.testing.stripe_api.books import Books
from yoyaku.testing.stripe_api.events import Events
from yoyaku.testing.stripe_api.lists import LISTED, listed, searched, shown
from yoyaku.testing.stripe_api.page import answer_payer
from yoyaku.testing.stripe_api.shapes import ApiError, Json, read_form

Fault = Literal["busy", "broken", "broken_done", "down", "lost", "slow", "garbage"]
"""``broken``: an error before anything was done; ``broken_done``: after it was; ``lost``: done, the answer never came."""
SLOW_SECONDS: Final = 1.5
REPLAYED: Final[Mapping[str, str]] = {"idempotent-replayed": "true"}
GATEWAY: Final = Answer(status=HTTPStatus.BAD_GATEWAY, body=b"<html>Bad gateway</html>", media_type="text/html")
Kept = tuple[str, Answer]


@dataclass(kw_only=True)
class StripeApi:
    """One account. ``faults`` are what goes wrong with the next requests, in turn; ``asked`` what was asked so far."""

    api_key: str = "rk_test_invented"
    events: Events = field(default_factory=lambda: Events(secret="whsec_invented"))  # noqa: S106  # nobody's
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    posted: list[Json] = field(default_factory=list)
    _kept: dict[str, Kept] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Begin with empty books."""
        self.books = Books(events=self.events)

    def answer(self, asked: Asked) -> Answer:
        """Answer a program, or a payer's browser."""
        path = urlsplit(asked.path).path
        with self._lock:
            if path.startswith("/c/pay/"):
                return answer_payer(self.books, asked.method, path.rsplit("/", 1)[1], read_form(asked.body))
            self.asked.append(f"{asked.method} {path}")
            fault = self.faults.pop(0) if self.faults else None
            made = self._gone_wrong(fault) or self._once(asked, fault)
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        if fault == "lost":
            return GATEWAY
        return replace(made, headers={"request-id": f"req_{secrets.token_hex(6)}", **made.headers})

    @staticmethod
    def _gone_wrong(fault: Fault | None) -> Answer | None:
        if fault == "busy":
            return _refused(ApiError("rate_limit", status=HTTPStatus.TOO_MANY_REQUESTS))
        if fault == "down":
            return GATEWAY
        return _json([]) if fault == "garbage" else None

    def _once(self, asked: Asked, fault: Fault | None) -> Answer:
        """What a key stands for is said again, errors of the server too; what was malformed was never begun."""
        key = asked.headers.get("idempotency-key") if asked.method == "POST" else None
        what = f"{asked.path}?{asked.body}"
        if key in self._kept:
            before, made = self._kept[key]
            if before != what:
                return _refused(ApiError(None, kind="idempotency_error"))
            return replace(made, headers=REPLAYED)
        made = _broken() if fault == "broken" else self._made(asked)
        made = _broken() if fault == "broken_done" else made
        if key is not None and made.status != HTTPStatus.BAD_REQUEST:
            self._kept[key] = (what, made)
        return made

    def forget_keys(self) -> None:
        """A day has passed: keys are forgotten, what was done stays."""
        self._kept.clear()

    def _made(self, asked: Asked) -> Answer:
        parts = urlsplit(asked.path)
        form, path = read_form(asked.body if asked.method == "POST" else parts.query), parts.path.removeprefix("/v1/")
        if asked.bearer != self.api_key:
            return _refused(ApiError("api_key_invalid", status=HTTPStatus.UNAUTHORIZED))
        if asked.method == "POST":
            self.posted.append(form)
        try:
            told = self._done(path, form) if asked.method == "POST" else self._found(path, form)
            return _json(shown(self.books, told, form.get("expand", [])))
        except ApiError as error:
            return _refused(error)

    def _done(self, path: str, form: Json) -> Json:
        books = self.books
        match path.split("/"):
            case ["checkout", "sessions"]:
                return books.open_page(form, self.url)
            case ["checkout", "sessions", ref, "expire"]:
                return books.expire_page(ref)
            case ["payment_intents"]:
                return books.give_numbers(form)
            case ["payment_intents", ref, "cancel"]:
                return books.cancel_intent(ref)
            case ["refunds"]:
                return books.give_back(form)
        raise ApiError("url_invalid", status=HTTPStatus.NOT_FOUND)

    def _found(self, path: str, form: Json) -> Json:
        books = self.books
        if path in LISTED:
            return listed(books, path, form)
        match path.split("/"):
            case ["checkout", "sessions", ref]:
                return books.get("checkout.session", ref)
            case ["payment_intents", "search"]:
                return searched(books, form)
            case ["payment_intents", ref]:
                return books.get("payment_intent", ref)
            case ["refunds", ref]:
                return books.get("refund", ref)
        raise ApiError("url_invalid", status=HTTPStatus.NOT_FOUND)


def _json(told: object, status: int = HTTPStatus.OK) -> Answer:
    return Answer(status=status, body=json.dumps(told).encode())


def _broken() -> Answer:
    return _refused(ApiError(None, status=HTTPStatus.INTERNAL_SERVER_ERROR, kind="api_error"))


def _refused(error: ApiError) -> Answer:
    return _json({"error": error.told}, error.status)

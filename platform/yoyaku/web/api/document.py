"""What the API says about itself: OpenAPI 3.1."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag

from yoyaku.admin.api import samples as counter
from yoyaku.booking.api import examples as booking
from yoyaku.lottery.api import examples as lottery

Named = list[tuple[str, Any]]
_LOGIN: Final[Named] = [("A resident", {"login_id": "40675", "password": "a long pass phrase"})]
REQUESTS: Final[dict[tuple[str, str], Named]] = {
    ("/api/v1/sessions", "post"): _LOGIN,
    ("/api/v1/sessions/current/code", "post"): [("A code", {"code": "123456"})],
    ("/api/v1/quotes", "post"): booking.WISHES,
    ("/api/v1/applications", "post"): booking.SUBMISSIONS,
    ("/api/v1/cart", "post"): booking.CART_WISHES,
    ("/api/v1/bookings/{booking_id}", "patch"): booking.CHANGES,
    ("/api/v1/bookings/{booking_id}/cancellation", "post"): booking.CANCELLATIONS,
    ("/api/v1/lottery-entries", "post"): lottery.ENTRIES,
    ("/api/v1/lottery-entries/withdrawal", "post"): lottery.ENTRY_IDS,
    ("/api/v1/lottery-entries/refusal", "post"): lottery.ENTRY_IDS,
    ("/api/v1/lottery-entries/{entry_id}/acceptance", "post"): lottery.ACCEPTANCES,
    ("/api/v1/lottery-entries/acceptances", "post"): lottery.SEVERAL,
    ("/api/v1/lotteries/{lottery_id}/order", "put"): lottery.ENTRY_IDS,
    ("/api/v1/counter/people/search", "post"): counter.SEARCHES,
    ("/api/v1/counter/bookings/search", "post"): counter.SEARCHES,
    ("/api/v1/counter/people", "post"): counter.WALK_INS,
    ("/api/v1/counter/applications", "post"): counter.ON_BEHALF,
    ("/api/v1/counter/bookings/{booking_id}/confirmation", "post"): counter.CONFIRMATIONS,
    ("/api/v1/counter/bookings/{booking_id}/revocation", "post"): counter.REVOCATIONS,
}
"""Examples of bodies by path and method; Litestar has no place for them."""

ABOUT: Final = """
Availability, quotes and bookings of one reservation service; each service answers at its own host.

**Who asks.** Log in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer …`. What is free, what
it would cost and what the form asks is told to everybody. Clerks have the acts under *Counter*.

**Errors** are `application/problem+json` (RFC 9457) with a stable `code`, `facts` in plain JSON, the clauses of the
rules behind a refusal (`why`) and the sentence to show (`detail`) in the language of `Accept-Language` (`ja`, `en`).

**Sending twice.** `POST /applications` takes an `Idempotency-Key`; with the same key nothing is booked twice.
`POST /lottery-entries` takes one too.

Amounts are whole yen. Instants are UTC; days and times of day are those of the municipality.
"""


class Document(JsonRenderPlugin):
    """The document with what Litestar cannot say, made once."""

    _made: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Render the document."""
        if self._made is None:
            self._made = super().render(request, finished(openapi_schema))
        return self._made


def finished(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with examples of bodies, and without Litestar's own 400, which is a 422 here."""
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            operation["responses"].pop("400", None)
            if (path, method) in REQUESTS:
                content = operation["requestBody"]["content"]["application/json"]
                content["examples"] = {
                    "_".join(name.lower().split()): {"summary": name, "value": value}
                    for name, value in REQUESTS[path, method]
                }
    return schema


def openapi_config() -> OpenAPIConfig:
    """The document under ``/api/v1/schema/openapi.json``; the pages for people are no part of it."""
    return OpenAPIConfig(
        title="Yoyaku",
        version="1",
        description=ABOUT.strip(),
        path="/api/v1/schema",
        # Only the document: the usual viewers load scripts from elsewhere, which the content policy forbids.
        render_plugins=[Document(path="/openapi.json")],
        components=Components(security_schemes={"session": SecurityScheme(type="http", scheme="bearer")}),
        tags=[
            Tag(name="Session", description="Logging in and out."),
            Tag(name="Availability", description="What is lent, what is free, what an application is asked."),
            Tag(name="Cart", description="Wishes that hold nothing yet."),
            Tag(name="Bookings", description="Quotes, applications, and one's own bookings."),
            Tag(name="Lotteries", description="What is drawn by lot: odds, entries, wins."),
            Tag(name="Counter", description="What clerks do; every act is written down with who and why."),
        ],
    )

"""Routes of the API, put together: each domain brings its own."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Router
from litestar.datastructures import ResponseHeader

from yoyaku.admin.api import ROUTES as COUNTER_ROUTES
from yoyaku.booking.api import ROUTES as BOOKING_ROUTES
from yoyaku.kernel.errors import Malformed
from yoyaku.registration.api import ROUTES as SESSION_ROUTES

LARGEST_BODY_BYTES: Final = 256 * 1024
_NUL_IN_JSON, _NUL_IN_QUERY = rb"\u0000", b"%00"


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """PostgreSQL stores no NUL character, and no text here has one.

    Raises:
        Malformed: the query or the body has one.
    """
    if _NUL_IN_QUERY in request.scope["query_string"] or _NUL_IN_JSON in await request.body():
        raise Malformed


ROUTES: Final = [
    Router(
        "/api/v1",
        route_handlers=[*SESSION_ROUTES, *BOOKING_ROUTES, *COUNTER_ROUTES],
        before_request=refuse_nul,
        request_max_body_size=LARGEST_BODY_BYTES,
        response_headers=[ResponseHeader(name="cache-control", value="no-store")],
    )
]

"""Routes of the API, put together: each domain brings its own."""

from __future__ import annotations

from typing import Final

from litestar import Router
from litestar.datastructures import ResponseHeader

from yoyaku.admin.api import ROUTES as COUNTER_ROUTES
from yoyaku.booking.api import ROUTES as BOOKING_ROUTES
from yoyaku.lottery.api import ROUTES as LOTTERY_ROUTES
from yoyaku.registration.api import ROUTES as SESSION_ROUTES
from yoyaku.web.nul import refuse_nul

LARGEST_BODY_BYTES: Final = 256 * 1024

ROUTES: Final = [
    Router(
        "/api/v1",
        route_handlers=[*SESSION_ROUTES, *BOOKING_ROUTES, *LOTTERY_ROUTES, *COUNTER_ROUTES],
        before_request=refuse_nul,
        request_max_body_size=LARGEST_BODY_BYTES,
        response_headers=[ResponseHeader(name="cache-control", value="no-store")],
    )
]

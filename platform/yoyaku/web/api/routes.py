"""Routes of the API, put together: each domain brings its own (owner: API; see the modules named here)."""

from litestar import Router

from yoyaku.booking.api import ROUTES as BOOKING_ROUTES
from yoyaku.registration.api import ROUTES as SESSION_ROUTES

ROUTES = [Router("/api/v1", route_handlers=[*SESSION_ROUTES, *BOOKING_ROUTES], security=[{"session": []}])]

"""What the API says about itself: OpenAPI 3.1."""

from __future__ import annotations

from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme


def openapi_config() -> OpenAPIConfig:
    """The document under ``/api/v1/openapi.json``; the pages for people are no part of it."""
    return OpenAPIConfig(
        title="Yoyaku",
        version="1",
        description=(
            "Availability, quotes and bookings of one reservation service. Log in with POST /api/v1/session and send "
            "the token as a bearer. Errors are application/problem+json with a stable `code` and the clauses (`why`)."
        ),
        path="/api/v1",
        components=Components(security_schemes={"session": SecurityScheme(type="http", scheme="bearer")}),
    )

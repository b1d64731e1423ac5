"""A form that is sent when there is nothing to apply for (any more), or nobody is logged in (any more)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.status_codes import HTTP_401_UNAUTHORIZED

from yoyaku.booking.pages.answers import hidden_fields
from yoyaku.booking.pages.here import Here
from yoyaku.registration.pages import login_page


async def nothing_left(here: Here, typed: Mapping[str, Any], *, back: str, flash: str | None = None) -> Response[Any]:
    """Back to where slots are chosen; where the session has ended, log in first, and find the form as it was typed."""
    if here.visit.account_id is not None:
        return here.page.go(back, flash=flash)
    rules, kept = await here.rules(), hidden_fields(typed)
    return login_page(
        here.page,
        terms=rules.registration.login,
        status=HTTP_401_UNAUTHORIZED,
        kept=kept,
        expired=True,
        needed=False,
        errors={},
        next="/apply/edit" if kept else "/apply",
        form={"login_id": ""},
    )

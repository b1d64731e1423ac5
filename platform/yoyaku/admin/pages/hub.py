"""The console's first page for staff without a desk: what they may open."""

from __future__ import annotations

from typing import Any

from litestar import Response

from yoyaku.admin.pages.desk import may, ways
from yoyaku.admin.pages.queues import my_queues
from yoyaku.admin.service.rule_drafts import to_review
from yoyaku.booking.pages.here import Here
from yoyaku.registration.policy.roles import Permission
from yoyaku.ruleset.policy import Draft
from yoyaku.ui.page import Crumb


async def show_hub(here: Here) -> Response[Any]:
    """All that whoever is logged in may open, and what waits for them."""
    return here.page.show(
        "admin/hub.html",
        ways=ways(here),
        to_review=await _to_review(here),
        queues=await my_queues(here),
        crumbs=[Crumb(label=here.page.console)],
    )


async def _to_review(here: Here) -> list[Draft]:
    """The drafts of rules that wait for whoever is logged in: staff may have no mail address."""
    return await to_review(here.conn, visit=here.visit) if may(here, Permission.EDIT_RULES) else []

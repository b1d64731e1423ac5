"""The console's first page for staff without a desk: what they may open."""

from __future__ import annotations

from typing import Any

from litestar import Response

from yoyaku.admin.pages.desk import ways
from yoyaku.booking.pages.here import Here
from yoyaku.ui.page import Crumb


async def show_hub(here: Here) -> Response[Any]:
    """All that whoever is logged in may open."""
    return here.page.show("admin/hub.html", ways=ways(here), crumbs=[Crumb(label=here.words.say("counter.title"))])

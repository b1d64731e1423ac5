"""The tenant's own texts, the statement on accessibility, and the sign of health."""

from __future__ import annotations

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.booking.pages.here import Here
from yoyaku.db.engine import enter_service, platform_transaction
from yoyaku.kernel.errors import NotFound
from yoyaku.ui.page import Crumb
from yoyaku.ui.prose import prose_html, split_title
from yoyaku.web.opened import Machinery


@get("/pages/{code:str}")
async def show_site_page(here: NamedDependency[Here], code: FromPath[str]) -> Response[str]:
    """A text page of the tenant: terms, guide, privacy, notices."""
    return _site_page(here, code)


def _site_page(here: Here, code: str) -> Response[str]:
    found = here.page.site_pages.get(code)
    if found is None:
        raise NotFound(what="page")
    title, body = split_title(here.page.site_text(code))
    heading = here.words.text(found.title) or title or code
    return here.page.show(
        "web/site_page.html", heading=heading, body=prose_html(body, top_level=1), crumbs=[Crumb(label=heading)]
    )


@get("/accessibility")
async def show_accessibility(here: NamedDependency[Here]) -> Response[str]:
    """What this site does for everybody to be able to use it, and whom to tell when it fails."""
    heading = here.words.say("page.accessibility")
    body = prose_html(here.words.say("accessibility.text"), top_level=1)
    return here.page.show("web/site_page.html", heading=heading, body=body, crumbs=[Crumb(label=heading)])


@get("/healthz", opt={"public": True})
async def show_health(machinery: NamedDependency[Machinery]) -> dict[str, str]:
    """Whether the process answers and reaches its database."""
    async with platform_transaction(machinery.engine) as conn:
        await enter_service(conn, "", "")  # the smallest statement there is; of no service, it sees nothing
    return {"status": "ok"}


ROUTES: Final = [show_site_page, show_accessibility, show_health]

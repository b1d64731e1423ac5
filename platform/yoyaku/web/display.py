"""How large and in which colours one reads: chosen on a page, kept in the browser."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.booking.pages.here import Here
from yoyaku.ui.display import COLOURS, DISPLAY_COOKIE, SIZES, read_display
from yoyaku.ui.page import Crumb, safe_return_path
from yoyaku.web.frame import YEAR_SECONDS


@get("/display")
async def show_display(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[str]:
    """The choices, and where to go on afterwards."""
    words = here.words
    return here.page.show(
        "web/display.html",
        sizes=[(code, words.say(f"display.size.{code}")) for code in SIZES],
        colours=[(code, words.say(f"display.colours.{code}")) for code in COLOURS],
        next=safe_return_path(request.query_params.get("next")),
        crumbs=[Crumb(label=words.say("display.title"))],
    )


@post("/display", status_code=303)
async def choose_display(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[None]:
    """Keep the choice, and go back to where one was; what is none of the choices is the usual display."""
    form = await request.form()
    chosen = read_display(f"{form.get('size')}.{form.get('colours')}")
    here.page.remember(DISPLAY_COOKIE, chosen.kept, seconds=YEAR_SECONDS)
    return here.page.go(safe_return_path(str(form.get("next", "/"))), flash="display_set")


ROUTES: Final = [show_display, choose_display]

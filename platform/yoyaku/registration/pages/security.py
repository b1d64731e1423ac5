"""The security of one's account: the last log-in, the password, and where one is logged in."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.pages.door import Door
from yoyaku.registration.service import end_session, end_sessions, open_sessions
from yoyaku.ui.page import Crumb

PATH: Final = "/account/security"
OTHERS: Final = "others"


@get(PATH)
async def show_security(door: NamedDependency[Door]) -> Response[Any]:
    """Show the last log-in and all devices that are logged in, this one marked."""
    session, words = door.session, door.words
    if session is None:
        return door.page.go(f"/login?next={PATH}")
    home = ("/counter", door.page.console) if session.staff_id else ("/me", words.say("nav.my_page"))
    return door.page.show(
        "registration/security.html",
        session=session,
        sessions=await open_sessions(door.conn, account_id=session.account_id, real_now=door.real_now),
        login=door.terms.login,
        crumbs=[Crumb(label=home[1], path=home[0]), Crumb(label=words.say("security.title"))],
    )


@post(f"{PATH}/sessions", status_code=303)
async def do_end(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """End one other session, or all others; this one ends by logging out."""
    session = door.session
    if session is None:
        return door.page.go(f"/login?next={PATH}")
    asked = str((await request.form()).get("session", ""))
    if asked == OTHERS:
        await end_sessions(door.conn, account_id=session.account_id, except_session_id=session.session_id)
    else:
        await end_session(door.conn, account_id=session.account_id, session_id=_key(asked))
    return door.page.go(PATH, flash="session_ended")


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what="session") from None


ROUTES: Final = [show_security, do_end]

"""The inbox: a list with what is unread marked, and each message on a page of its own."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.pages.door import Door
from yoyaku.registration.service.messages import keep_unread, open_message, read_inbox
from yoyaku.ui.page import Crumb

LONGEST_NUMBER: Final = 6


@get("/me/messages")
async def list_messages(door: NamedDependency[Door], request: Request[Any, Any, Any]) -> Response[Any]:
    """What was told to whoever is logged in, the newest first."""
    registrant_id = _reader(door)
    if registrant_id is None:
        return _log_in(door)
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < LONGEST_NUMBER else 1
    inbox = await read_inbox(door.conn, registrant_id=registrant_id, page=number)
    return door.page.show("registration/messages.html", inbox=inbox, crumbs=_crumbs(door))


@get("/me/messages/{message_id:uuid}")
async def show_message(door: NamedDependency[Door], message_id: FromPath[UUID]) -> Response[Any]:
    """One message, read from now on."""
    registrant_id = _reader(door)
    if registrant_id is None:
        return _log_in(door)
    message = await open_message(door.conn, registrant_id=registrant_id, message_id=message_id, now=door.now)
    if message.read_at is None and door.page.visitor is not None:
        door.page.visitor = door.page.visitor.after_reading()
    crumbs = [*_crumbs(door, "/me/messages"), Crumb(label=message.subject)]
    return door.page.show("registration/message.html", message=message, crumbs=crumbs)


@post("/me/messages/{message_id:uuid}/unread", status_code=303)
async def mark_unread(door: NamedDependency[Door], message_id: FromPath[UUID]) -> Response[Any]:
    """Leave a message for later."""
    registrant_id = _reader(door)
    if registrant_id is None:
        return _log_in(door)
    await keep_unread(door.conn, registrant_id=registrant_id, message_id=message_id)
    return door.page.go("/me/messages", flash="kept_unread")


def _reader(door: Door) -> UUID | None:
    """Whose inbox it is.

    :raises NotFound: staff have none.
    """
    if door.session is not None and door.session.staff_id is not None:
        raise NotFound(what="inbox")
    return door.session.registrant_id if door.session else None


def _log_in(door: Door) -> Response[None]:
    return door.page.go(f"/login?next={door.page.path}")


def _crumbs(door: Door, path: str | None = None) -> list[Crumb]:
    words = door.words
    return [Crumb(label=words.say("nav.my_page"), path="/me"), Crumb(label=words.say("home.messages"), path=path)]


ROUTES: Final = [list_messages, show_message, mark_unread]

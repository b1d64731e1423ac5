"""What the console's pages about people, staff and the record share: who may open them, and for what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request

from yoyaku.admin.service.looking import PURPOSES
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.roles import Permission, permissions_of, require_permission
from yoyaku.registration.service import SessionView
from yoyaku.ui.page import Crumb
from yoyaku.ui.words import Words


def at_desk(door: Door, permission: Permission) -> SessionView:
    """The session of a member of staff who may do this.

    Raises:
        RoleMissing: it is nobody, or somebody else.
    """
    require_permission(door.session, permission)
    if door.session is None:
        raise LookupError("let pass without a session")
    return door.session


def may(door: Door, permission: Permission) -> bool:
    """Whether whoever is logged in may do this."""
    session = door.session
    return session is not None and session.staff_id is not None and permission in permissions_of(session.roles)


def crumbs(door: Door, *steps: tuple[str, str | None]) -> list[Crumb]:
    """The way here from the console's first page: labels and paths."""
    first = Crumb(label=door.words.say("counter.title"), path="/counter")
    return [first, *(Crumb(label=label, path=path) for label, path in steps)]


def purposes(words: Words) -> list[tuple[str, str]]:
    """For what one looks at people, with the words for it."""
    return [(code, words.say(f"staff.purpose.{code}")) for code in PURPOSES]


def shown_purpose(words: Words, purpose: str | None) -> str:
    """A purpose as people read it."""
    code, _, told = (purpose or "").partition(": ")
    name = words.maybe(f"staff.purpose.{code}") or code
    return f"{name}: {told}" if told else name


async def read_form(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was typed, without spaces around."""
    sent = await request.form()
    return {name: value.strip() for name, value in sent.multi_items() if isinstance(value, str)}


def need_id(text: str, what: str) -> UUID:
    """An id that a form of ours sent.

    Raises:
        NotFound: whoever made it up finds nothing.
    """
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what=what) from None

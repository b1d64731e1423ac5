"""What the console's pages about people, staff and the record share: who may open them, and for what."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

from litestar import Request

from yoyaku.admin.service.looking import PURPOSES
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.policy.roles import Permission, permissions_of, require_permission
from yoyaku.registration.service import SessionView
from yoyaku.ui.page import Crumb, Page
from yoyaku.ui.words import Words


class Opened(Protocol):
    """A request of any of the console's pages."""

    session: SessionView | None
    page: Page

    @property
    def words(self) -> Words:
        """The language and wording of the page."""
        ...


def at_desk(door: Opened, permission: Permission) -> SessionView:
    """The session of a member of staff who may do this.

    Raises:
        RoleMissing: it is nobody, or somebody else.
    """
    require_permission(door.session, permission)
    if door.session is None:
        raise LookupError("let pass without a session")
    return door.session


def may(door: Opened, permission: Permission) -> bool:
    """Whether whoever is logged in may do this."""
    session = door.session
    if session is None or session.staff_id is None:
        return False
    return permission in permissions_of(session.roles, session.facilities)


def crumbs(door: Opened, *steps: tuple[str, str | None]) -> list[Crumb]:
    """The way here from the console's first page: labels and paths."""
    first = Crumb(label=door.page.console, path="/counter")
    return [first, *(Crumb(label=label, path=path) for label, path in steps)]


WAYS: Final = (
    ("/counter/people", "staff.people", Permission.PEOPLE, "desk"),
    ("/counter/people/new", "desk.new", Permission.REGISTER, "desk"),
    ("/counter/registrations", "staff.waiting", Permission.REVIEW, "desk"),
    ("/counter/letters", "staff.letters", Permission.LETTERS, "desk"),
    ("/counter/reliefs", "relief.queue", Permission.BOOKINGS, "desk"),
    ("/counter/mandates", "mandate.waiting", Permission.MANDATES, "desk"),
    ("/counter/closures", "closures.title", Permission.CLOSURES, "desk"),
    ("/counter/lottery", "lottery_admin.desk", Permission.ENTER_LOTTERIES, "lottery"),
    ("/counter/lotteries", "lottery_admin.title", Permission.LOTTERIES, "lottery"),
    ("/counter/debits", "debit.title", Permission.DEBITS, "money"),
    ("/counter/till", "till.title", Permission.TILL, "money"),
    ("/counter/money", "waiting.title", Permission.MONEY, "money"),
    ("/counter/money/transfers", "transfer.title", Permission.MONEY, "money"),
    ("/counter/arrears", "arrears.title", Permission.ARREARS, "money"),
    ("/counter/ledger", "ledger.title", Permission.LEDGER, "money"),
    ("/counter/rules", "rules.title", Permission.RULES, "city"),
    ("/counter/facilities", "facilities.admin_title", Permission.FACILITIES, "city"),
    ("/counter/staff", "staff.title", Permission.STAFF, "city"),
    ("/counter/site", "site.title", Permission.SITE, "city"),
    ("/counter/notices", "notices.title", Permission.SITE, "city"),
    ("/counter/mails", "mails.title", Permission.SITE, "city"),
    ("/counter/figures", "figures.title", Permission.FIGURES, "record"),
    ("/counter/operations", "operations.title", Permission.OPERATIONS, "record"),
    ("/counter/log", "staff.log", Permission.LOG, "record"),
)
"""Where one goes in the console: path, wording key of its name, what it takes to open it, and under which heading."""

GROUPS: Final = ("desk", "lottery", "money", "city", "record")
"""The headings of the console, in order; their names are the wording ``way.<group>``."""

OF_DEBITS: Final = frozenset({Permission.MANDATES, Permission.DEBITS})
"""What only a service needs that debits accounts."""


class Ways(NamedTuple):
    """What stands under one heading of the console: its code and name, and the ways (path, name)."""

    group: str
    name: str
    ways: list[tuple[str, str]]


def ways(door: Opened) -> list[Ways]:
    """What whoever is logged in may open, by heading; no heading without a way."""
    found = [Ways(group=group, name=door.words.say(f"way.{group}"), ways=_ways_of(door, group)) for group in GROUPS]
    return [one for one in found if one.ways]


def _ways_of(door: Opened, group: str) -> list[tuple[str, str]]:
    return [
        (path, door.words.say(key))
        for path, key, permission, of_group in WAYS
        if of_group == group and may(door, permission) and (door.page.debits or permission not in OF_DEBITS)
    ]


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

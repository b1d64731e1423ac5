"""My page: what is to be done now, then favourites, bookings, history, messages and one's own details."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.billing.repository.arrears import overdue_of
from yoyaku.booking.pages.booked import BookingRow, booking_row, to_log_in
from yoyaku.booking.pages.here import Here
from yoyaku.booking.pages.home_parts import HomePart, Todo, home_parts
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import list_bookings
from yoyaku.facility.terms import Facility
from yoyaku.registration.policy.identity import steps_for
from yoyaku.registration.service.favourites import drop_favourite, favourite_facilities, keep_favourite
from yoyaku.registration.service.messages import latest_messages
from yoyaku.registration.service.suspensions import RegistrationBarred, find_suspension
from yoyaku.ui.formats import long_date, yen
from yoyaku.ui.page import Crumb, safe_return_path

SHOWN: Final = 6
MESSAGES_SHOWN: Final = 3


@get("/me")
async def show_home(here: NamedDependency[Here]) -> Response[Any]:
    """Everything that is one's own, what needs doing first."""
    registrant_id = here.visit.registrant_id
    if registrant_id is None:
        return to_log_in(here)
    if here.visit.staff_id is not None:
        return here.page.go("/me/bookings")
    rules, words = await here.rules(), here.words
    bookings = await list_bookings(here.conn, visit=here.visit, states=("tentative", "confirmed"))
    rows = [booking_row(rules, one, here) for one in sorted(bookings, key=lambda one: one.state == "confirmed")]
    parts = await home_parts(here)
    return here.page.show(
        "booking/home.html",
        todos=[*await _of_arrears(here, registrant_id), *_todos(here, rules, rows, parts)],
        parts=parts,
        favourites=await _favourites(here, rules, registrant_id),
        bookings=rows[:SHOWN],
        more=len(rows) > SHOWN,
        messages=await latest_messages(here.conn, registrant_id=registrant_id, at_most=MESSAGES_SHOWN),
        links=_links(rules, is_group=_is_group(here)),
        crumbs=[Crumb(label=words.say("nav.my_page"))],
    )


def _is_group(here: Here) -> bool:
    return here.page.visitor is not None and here.page.visitor.is_group


async def _favourites(here: Here, rules: ServiceRules, registrant_id: UUID) -> list[Facility]:
    codes = await favourite_facilities(here.conn, registrant_id=registrant_id)
    return [rules.inventory.facilities[code] for code in codes if code in rules.inventory.facilities]


def _links(rules: ServiceRules, *, is_group: bool) -> list[tuple[str, str]]:
    """The pages of one's own details: path and key of the words."""
    links = [("/account", "details"), ("/account/mail", "mail"), ("/account/security", "security")]
    if rules.registration.identity:
        links.append(("/account/identity", "identity"))
    groups = rules.registration.groups
    if groups.linking or (is_group and groups.members != "none"):
        links.append(("/me/groups", "groups"))
    return [*links, ("/account/data", "data")]


async def _of_arrears(here: Here, registrant_id: UUID) -> list[Todo]:
    """What is late: it comes first, whether or not the use is suspended already."""
    suspended = await find_suspension(here.conn, registrant_id=registrant_id)
    say, button = here.words.say, here.words.say("home.todo_suspended_button")
    if suspended is not None:
        hint, path = here.words.sentence(suspended), "/me/history"
        if isinstance(suspended, RegistrationBarred):
            path, button = "/me/messages", say("home.todo_barred_button")
        return [Todo(title=say("home.todo_suspended"), hint=hint, path=path, button=button)]
    owing = await overdue_of(here.conn, registrant_id=registrant_id)
    if not owing:
        return []
    hint = say("home.todo_overdue_hint")
    title = say("home.todo_overdue", owing=yen(owing, here.words.language))
    return [Todo(title=title, hint=hint, path="/me/history", button=button)]


def _todos(here: Here, rules: ServiceRules, rows: Sequence[BookingRow], parts: Sequence[HomePart]) -> list[Todo]:
    """What is to be done now, the most pressing first; a member who acts for a group sees what the bookings need."""
    of_bookings = [todo for part in parts for todo in part.todos] + [_todo_of(here, row) for row in rows if row.todo]
    visitor = here.page.visitor
    if visitor is None or visitor.is_acting:
        return of_bookings
    return [*_of_registration(here, rules), *of_bookings, *_of_messages(here)]


def _todo_of(here: Here, row: BookingRow) -> Todo:
    words = here.words
    title = words.say("home.todo_booking", when=row.when, facility=words.text(row.facility))
    return Todo(title=title, hint=row.todo or "", path=row.path, button=words.say("home.todo_booking_button"))


def _of_registration(here: Here, rules: ServiceRules) -> list[Todo]:
    words, facts = here.words, here.visit.person.facts if here.visit.person else {}
    todos = []
    if facts.get("mail_verified") is False:
        todos.append(_say(here, "mail", "/account/mail"))
    stage = next((one for one in rules.registration.stages if one.code == facts.get("registration")), None)
    steps = steps_for(rules.registration, facts)
    if stage is not None and (stage.next_step or steps):
        title, button = words.say("home.todo_identity"), words.say("home.todo_identity_button")
        path = "/account/identity" if steps else "/account"
        todos.append(Todo(title=title, hint=words.text(stage.next_step), path=path, button=button))
    for one in here.page.visitor.expiries if here.page.visitor else ():
        if one.is_soon or one.is_over:
            key = "expired" if one.is_over else "expiry"
            day = long_date(one.on, words.language)
            title = words.say(f"home.todo_{key}", name=words.text(one.name), day=day)
            hint, button = words.say("home.todo_expiry_hint"), words.say("home.todo_expiry_button")
            todos.append(Todo(title=title, hint="" if one.is_over else hint, path="/account/renew", button=button))
    return todos


def _of_messages(here: Here) -> list[Todo]:
    visitor = here.page.visitor
    todos = []
    if visitor is not None and visitor.invitations:
        todos.append(_say(here, "invited", "/me/groups", count=visitor.invitations))
    if visitor is not None and visitor.unread:
        todos.append(_say(here, "unread", "/me/messages", count=visitor.unread))
    return todos


def _say(here: Here, key: str, path: str, **facts: object) -> Todo:
    say = here.words.say
    return Todo(
        title=say(f"home.todo_{key}", **facts),
        hint=here.words.maybe(f"home.todo_{key}_hint") or "",
        path=path,
        button=say(f"home.todo_{key}_button"),
    )


@post("/me/favourites/{code:str}", status_code=303)
async def do_keep(here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep a facility as one that one uses often."""
    rules = await here.rules()
    facility = rules.inventory.facility(code)
    if here.visit.registrant_id is None or here.visit.staff_id is not None:
        return here.page.go(f"/login?next=/facilities/{code}")
    await keep_favourite(
        here.conn, registrant_id=here.visit.registrant_id, facility_id=facility.code, now=here.visit.now
    )
    return here.page.go(await _back(request), flash="favourite_kept")


@post("/me/favourites/{code:str}/drop", status_code=303)
async def do_drop(here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep it no longer."""
    if here.visit.registrant_id is None or here.visit.staff_id is not None:
        return here.page.go("/login?next=/me")
    await drop_favourite(here.conn, registrant_id=here.visit.registrant_id, facility_id=code)
    return here.page.go(await _back(request), flash="favourite_dropped")


async def _back(request: Request[Any, Any, Any]) -> str:
    asked = str((await request.form()).get("next", "/me"))
    return "/me" if safe_return_path(asked) == "/" else asked


async def kept_facilities(here: Here) -> list[str] | None:
    """The facilities that whoever is logged in keeps; ``None`` where nobody can keep any."""
    if here.visit.registrant_id is None or here.visit.staff_id is not None:
        return None
    return await favourite_facilities(here.conn, registrant_id=here.visit.registrant_id)


ROUTES: Final = [show_home, do_keep, do_drop]

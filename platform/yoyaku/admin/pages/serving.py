"""Whom a clerk enters for: found for a purpose, or taken down; and what the counter's pages of bookings share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.status_codes import HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.admin.pages.desk import purposes, shown_purpose
from yoyaku.admin.service.counter import WalkIn, begin_serving, clerk_channels, look_up_people, take_walk_in
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.errors import NotFound
from yoyaku.registration.pages import BEHALF_COOKIE
from yoyaku.registration.policy import COUNTER_CLERK, RoleMissing
from yoyaku.ui.page import Crumb

ENTERED_ON: Final = ("/counter/lottery", "/lottery")
"""Where a clerk may go on to, once it is clear whom they enter for; else to what is free."""
TYPED: Final = ("channel", "name", "phone", "next")


def require_clerk(here: Here) -> None:
    """Let pass who may see and act on bookings.

    Raises:
        RoleMissing: it is somebody else.
    """
    if here.visit.actor != "clerk":
        raise RoleMissing(role=COUNTER_CLERK)


def counter_crumbs(here: Here, *labels: str) -> list[Crumb]:
    """The way here from the console's first page."""
    first = Crumb(label=here.page.console, path="/counter" if labels else None)
    return [first, *(Crumb(label=label) for label in labels)]


def purpose_asked(here: Here) -> dict[str, Any]:
    """What a page needs to ask for what people are looked at, and to say what was answered."""
    return {
        "purpose": here.visit.purpose,
        "purpose_words": shown_purpose(here.words, here.visit.purpose),
        "purposes": purposes(here.words),
    }


@get("/counter/behalf")
async def show_behalf(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Whom to book for, and how they came; and (``next``) where one goes then."""
    require_clerk(here)
    return await _behalf_page(here, "", {}, {"next": request.query_params.get("next", "")})


@post("/counter/behalf/find", status_code=200)
async def find_served(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Whoever fits what was typed; no name stands in an address."""
    require_clerk(here)
    if not here.visit.purpose:
        return here.page.go("/counter/behalf")  # which asks for what first
    form = await request.form()
    return await _behalf_page(here, str(form.get("person", "")).strip(), {}, {"next": str(form.get("next", ""))})


async def _behalf_page(
    here: Here, query: str, errors: Mapping[str, str], typed: Mapping[str, Any] | None = None
) -> Response[Any]:
    rules, words = await here.rules(), here.words
    people = []
    if query and here.visit.purpose:
        rows = await look_up_people(here.conn, visit=here.visit, rules=rules, query=query)
        people = [(str(row.registrant_id), _person_words(row)) for row in rows]
    blank = {"registrant": people[0][0] if len(people) == 1 else "", **dict.fromkeys(TYPED, "")}
    return here.page.show(
        "admin/behalf.html",
        status=HTTP_422_UNPROCESSABLE_ENTITY if errors else 200,
        query=query,
        people=people,
        channels=_channels(here, rules),
        form={**blank, **(typed or {})},
        errors=errors,
        walk_in=True,
        **purpose_asked(here),
        crumbs=counter_crumbs(here, words.say("counter.book_for")),
    )


def _person_words(row: Any) -> str:  # noqa: ANN401 (a registrant's row)
    said = [row.name, f"（{row.kana}）" if row.kana else "", row.login_id or "", row.phone or ""]
    return "　".join(text for text in said if text)


def _channels(here: Here, rules: ServiceRules) -> list[tuple[str, str]]:
    return [(code, here.words.text(name)) for code, name in clerk_channels(rules).items()]


@post("/counter/behalf", status_code=303)
async def begin_behalf(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """From here on, enter for this person by this channel."""
    require_clerk(here)
    form = await request.form()
    registrant, channel = str(form.get("registrant", "")), str(form.get("channel", ""))
    rules = await here.rules()
    errors = _behalf_errors(here, rules, registrant, channel)
    if errors:
        typed = {name: text for name in ("registrant", "channel", "next") if (text := str(form.get(name, "")))}
        return await _behalf_page(here, str(form.get("person", "")).strip(), errors, typed)
    await begin_serving(here.conn, visit=here.visit, rules=rules, registrant_id=_need_id(registrant), channel=channel)
    return _entering(here, registrant, channel, str(form.get("next", "")))


def _need_id(text: str) -> UUID:
    """Read an id that a form of ours sent; whoever made it up finds nobody."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what="registrant") from None


def _behalf_errors(here: Here, rules: ServiceRules, registrant: str, channel: str) -> dict[str, str]:
    words, errors = here.words, {}
    if not registrant:
        errors["registrant"] = words.say("form.choose_one", label=words.say("counter.person"))
    if channel not in dict(_channels(here, rules)):
        errors["channel"] = words.say("form.choose_one", label=words.say("booking.channel"))
    return errors


def _entering(here: Here, registrant: str, channel: str, path: str = "") -> Response[Any]:
    here.page.remember(BEHALF_COOKIE, f"{registrant}.{channel}")
    return here.page.go(path if path in ENTERED_ON else "/search")


@post("/counter/walk-in", status_code=303)
async def begin_walk_in(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Enter for somebody without a registration, by name and telephone number; the rules say what they may book."""
    require_clerk(here)
    form = await request.form()
    name, phone = str(form.get("name", "")).strip(), str(form.get("phone", "")).strip()
    channel = str(form.get("channel", ""))
    errors = _behalf_errors(here, await here.rules(), "new", channel)
    if not name or not phone:
        key = "person.name" if not name else "person.phone"
        errors[key.removeprefix("person.")] = here.words.say("form.missing", label=here.words.say(key))
    if errors:
        return await _behalf_page(here, "", errors, {"name": name, "phone": phone, "channel": channel})
    registrant = await take_walk_in(here.conn, visit=here.visit, person=WalkIn(name=name, phone=phone))
    return _entering(here, str(registrant), channel)


@post("/counter/behalf/end", status_code=303)
async def end_behalf(here: NamedDependency[Here]) -> Response[Any]:
    """Enter for nobody any more."""
    here.page.forget(BEHALF_COOKIE)
    return here.page.go("/counter", flash="behalf_ended")


ROUTES: Final = [show_behalf, find_served, begin_behalf, begin_walk_in, end_behalf]

"""Whom residents ask: shown on every page and in every mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.site.common import (
    HOME,
    REFUSED,
    Edit,
    admin,
    as_texts,
    by_language,
    errors_of,
    language_names,
    save,
    site_crumbs,
    site_of_request,
    speech_of,
)
from yoyaku.booking.pages.here import Here
from yoyaku.tenancy.policy.site import Piece, mark_of, piece_of
from yoyaku.tenancy.repository.changes import read_parts

CONTACT: Final = HOME + "/contact"
PIECE: Final = Piece(part="contact")
BY_LANGUAGE: Final = ("name", "hours", "address")
PLAIN: Final = ("phone", "mail")


@get(CONTACT)
async def show_contact(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form with what stands there."""
    admin(here)
    contact = piece_of(await read_parts(here.conn), PIECE)
    site = site_of_request(request)
    typed = {
        f"{name}.{language}": text
        for name in BY_LANGUAGE
        for language, text in as_texts(contact.get(name), site).items()
    }
    plain = {name: contact.get(name) or "" for name in PLAIN}
    return _form(here, request, {"seen": mark_of(contact), "why": "", **typed, **plain}, {})


def _form(
    here: Here, request: Request[Any, Any, Any], typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response[Any]:
    return here.page.show(
        "admin/site/contact.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        languages=language_names(here, site_of_request(request)),
        action=CONTACT,
        crumbs=site_crumbs(here, (here.words.say("site.part.contact"), None)),
    )


@post(CONTACT, status_code=200)
async def send_contact(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Save it."""
    admin(here)
    typed, site = await read_form(request), site_of_request(request)
    texts = {name: by_language(typed, name, site) for name in BY_LANGUAGE}
    value = {
        "name": texts["name"],
        **{name: texts[name] if any(texts[name].values()) else None for name in ("hours", "address")},
        **{name: typed.get(name) or None for name in PLAIN},
    }
    edit = Edit(piece=PIECE, value=value, seen=typed.get("seen", ""), why=typed.get("why", ""), path=HOME)
    try:
        return await save(request, here, edit, speech=speech_of(site))
    except REFUSED as refused:
        return _form(here, request, typed, errors_of(here, refused))


ROUTES: Final = [show_contact, send_contact]

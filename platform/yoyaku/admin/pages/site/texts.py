"""The pages of the city's own texts: guide, questions, terms, privacy, notices; with a preview."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.site.common import (
    HOME,
    REFUSED,
    Edit,
    admin,
    as_texts,
    by_language,
    errors_of,
    fault_words,
    language_names,
    save,
    site_crumbs,
    site_of_request,
    speech_of,
)
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound
from yoyaku.tenancy.policy.site import SITE_PAGES, Piece, mark_of, piece_of, site_faults
from yoyaku.tenancy.repository.changes import read_parts
from yoyaku.ui.prose import prose_html

PAGES: Final = HOME + "/pages"
ONE: Final = PAGES + "/{code:str}"
CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""What a page may be called in its address."""


@get(PAGES)
async def list_pages(here: NamedDependency[Here]) -> Response[Any]:
    """The pages that are there, and those that could be."""
    return await _list(here, "", {})


@post(PAGES, status_code=303)
async def add_page(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Begin a page of the city's own: it is there once its text is saved."""
    admin(here)
    code = (await read_form(request)).get("code", "").lower()
    if not CODE.fullmatch(code):
        return await _list(here, code, {"code": here.words.say("site.page_code_wrong")})
    return here.page.go(f"{PAGES}/{code}")


async def _list(here: Here, code: str, errors: Mapping[str, str]) -> Response[Any]:
    admin(here)
    pages = (await read_parts(here.conn))["pages"]
    rows = [(code, here.words.text(pages[code]["title"]) if code in pages else None) for code in _codes(pages)]
    crumbs = site_crumbs(here, (here.words.say("site.part.pages"), None))
    return here.page.show(
        "admin/site/pages.html",
        status=422 if errors else 200,
        rows=rows,
        code=code,
        errors=errors,
        action=PAGES,
        crumbs=crumbs,
    )


def _codes(pages: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys([*SITE_PAGES, *pages]))


@get(ONE)
async def show_text(here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """One page as it stands, to be changed."""
    admin(here)
    present = await _present(here, code)
    site = site_of_request(request)
    texts = {
        f"{name}.{language}": text
        for name in ("title", "text")
        for language, text in as_texts((present or {}).get(name), site).items()
    }
    return await _form(here, request, code, {"seen": mark_of(present), "why": "", **texts}, {})


async def _present(here: Here, code: str) -> Any:  # noqa: ANN401  # JSON
    """What stands there.

    Raises:
        NotFound: there is no such page, nor could there be.
    """
    parts = await read_parts(here.conn)
    if code not in _codes(parts["pages"]) and not CODE.fullmatch(code):
        raise NotFound(what="page")
    return piece_of(parts, Piece(part="pages", name=code))


async def _needed(here: Here) -> set[str]:
    """The pages that the rules ask people to accept."""
    return {one.page for one in (await here.rules()).booking.terms}


async def _form(  # what the form is made of
    here: Here, request: Request[Any, Any, Any], code: str, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response[Any]:
    site = site_of_request(request)
    shown = (
        {language: prose_html(typed.get(f"text.{language}", ""), top_level=3) for language in site.languages}
        if typed.get("act") == "preview" and not errors
        else {}
    )
    label = typed.get(f"title.{here.words.language}") or here.words.maybe(f"page.{code}") or code
    return here.page.show(
        "admin/site/page.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        label=label,
        shown=shown,
        removable=code in here.page.site_pages and code not in await _needed(here),
        languages=language_names(here, site),
        action=f"{PAGES}/{code}",
        crumbs=site_crumbs(here, (here.words.say("site.part.pages"), PAGES), (label, None)),
    )


@post(ONE, status_code=200)
async def send_text(here: NamedDependency[Here], code: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """Look at it, save, or take it away."""
    admin(here)
    await _present(here, code)
    typed, site = await read_form(request), site_of_request(request)
    value = {"title": by_language(typed, "title", site), "text": by_language(typed, "text", site)}
    piece, speech = Piece(part="pages", name=code), speech_of(site)
    if typed.get("act") == "remove" and code in await _needed(here):
        return await _form(here, request, code, typed, {"": here.words.say("site.page_needed")})
    if typed.get("act") not in ("save", "remove"):
        return await _form(here, request, code, typed, fault_words(here, site_faults(piece, value, speech)))
    edit = Edit(
        piece=piece,
        value=None if typed.get("act") == "remove" else value,
        seen=typed.get("seen", ""),
        why=typed.get("why", ""),
        path=PAGES,
    )
    try:
        return await save(request, here, edit, speech=speech)
    except REFUSED as refused:
        return await _form(here, request, code, typed, errors_of(here, refused))


ROUTES: Final = [list_pages, add_page, show_text, send_text]

"""Every word that a city may say otherwise: found, the default beside the city's own, per language."""

from __future__ import annotations

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
    by_language,
    errors_of,
    language_names,
    save,
    site_crumbs,
    site_of_request,
)
from yoyaku.admin.pages.site.common import speech_of as plain_speech
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.text import fold_for_search
from yoyaku.tenancy.policy.site import Piece, mark_of, may_word, piece_of
from yoyaku.tenancy.repository.changes import list_changes, read_parts
from yoyaku.tenancy.service import Site
from yoyaku.ui.wording import default_wording, facts_named

WORDING: Final = HOME + "/wording"
ONE: Final = WORDING + "/{key:str}"
MAIL: Final = "mail."
SHOWN: Final = 50
LINE: Final = 60
OWN, ALL, MISSING = "own", "all", "missing"


@get(WORDING)
async def list_wording(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The words that were looked for; without a search, those that the city says otherwise."""
    admin(here)
    asked, site = request.query_params, site_of_request(request)
    own = (await read_parts(here.conn))["wording"]
    query = asked.get("q", "").strip()
    chosen = next((one for one in (OWN, ALL, MISSING) if one == asked.get("show")), ALL if query else OWN)
    found = [key for key in _keys(own, site, chosen) if _fits(key, query, own, site)]
    number = read_number(asked.get("page")) or 1
    number = max(1, min(number, -(-len(found) // SHOWN)))
    shown = found[(number - 1) * SHOWN : number * SHOWN]
    rows = [(key, _begins(key, own, here.words.language), _row(key, own, site)) for key in shown]
    return here.page.show(
        "admin/site/wordings.html",
        rows=rows,
        count=len(found),
        query=query,
        chosen=chosen,
        number=number,
        pages=-(-len(found) // SHOWN),
        languages=language_names(here, site),
        crumbs=site_crumbs(here, (here.words.say("site.part.wording"), None)),
    )


def _keys(own: Mapping[str, Mapping[str, str]], site: Site, chosen: str) -> list[str]:
    """The keys to look among; mails have pages of their own."""
    worded = {key for words in own.values() for key in words}
    keys = worded | (set(default_wording("ja")) if chosen == ALL else set())
    if chosen == MISSING:
        keys = {key for key in worded if any(key not in own.get(one, {}) for one in site.languages)}
    return sorted(key for key in keys if not (key.startswith(MAIL) and key.endswith((".subject", ".body"))))


def _row(key: str, own: Mapping[str, Mapping[str, str]], site: Site) -> list[tuple[str, str | None, str | None]]:
    """Language, the platform's words and the city's."""
    return [(one, default_wording(one).get(key), own.get(one, {}).get(key)) for one in site.languages]


def _begins(key: str, own: Mapping[str, Mapping[str, str]], language: str) -> str:
    """How a wording begins as it is read now, by which people know it; its key where it says nothing in this language."""
    text = own.get(language, {}).get(key) or default_wording(language).get(key, "")
    line = text.strip().partition("\n")[0]
    return f"{line[:LINE]}…" if len(line) > LINE else line or key


def _fits(key: str, query: str, own: Mapping[str, Mapping[str, str]], site: Site) -> bool:
    folded = fold_for_search(query)
    texts = [key, *(text for _, *both in _row(key, own, site) for text in both if text)]
    return any(folded in fold_for_search(text) for text in texts)


@get(ONE)
async def show_wording(
    here: NamedDependency[Here], key: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """One wording: the platform's words, the city's own, and where they were changed."""
    admin(here)
    parts, site = await read_parts(here.conn), site_of_request(request)
    own = piece_of(parts, _piece(key, parts, site)) or {}
    typed = {f"text.{one}": own.get(one, "") for one in site.languages}
    return await _form(here, request, key, {"seen": mark_of(own or None), "why": "", **typed}, {})


def _piece(key: str, parts: Mapping[str, Any], site: Site) -> Piece:
    """The wording of a key.

    Raises:
        NotFound: no page says it.
    """
    if not may_word(key, plain_speech(site), parts["wording"]):
        raise NotFound(what="wording")
    return Piece(part="wording", name=key)


async def _form(
    here: Here, request: Request[Any, Any, Any], key: str, typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response[Any]:
    site = site_of_request(request)
    defaults = {one: default_wording(one).get(key) for one in site.languages}
    own = (await read_parts(here.conn))["wording"]
    title = _begins(key, own, here.words.language)
    return here.page.show(
        "admin/site/wording.html",
        status=422 if errors else 200,
        key=key,
        title=title,
        typed=typed,
        errors=errors,
        defaults=defaults,
        facts=sorted({fact for text in defaults.values() for fact in facts_named(text or "")}),
        languages=language_names(here, site),
        changes=await list_changes(here.conn, part="wording", name=key, at_most=10),
        action=f"{WORDING}/{key}",
        crumbs=site_crumbs(here, (here.words.say("site.part.wording"), WORDING), (title, None)),
    )


@post(ONE, status_code=200)
async def send_wording(
    here: NamedDependency[Here], key: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Save the city's words; an empty field is the platform's."""
    admin(here)
    typed, site = await read_form(request), site_of_request(request)
    piece = _piece(key, await read_parts(here.conn), site)
    if typed.get("act") == "default":
        typed = {**typed, **{f"text.{one}": "" for one in site.languages}}
    value = {one: text for one, text in by_language(typed, "text", site).items() if text} or None
    edit = Edit(piece=piece, value=value, seen=typed.get("seen", ""), why=typed.get("why", ""), path=WORDING)
    try:
        return await save(request, here, edit, speech=plain_speech(site))
    except REFUSED as refused:
        return await _form(here, request, key, typed, errors_of(here, refused))


ROUTES: Final = [list_wording, show_wording, send_wording]

"""Name, tagline, colours and logo: typed, measured, looked at, saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import read_form
from yoyaku.admin.pages.site.common import (
    HOME,
    REFUSED,
    Edit,
    admin,
    as_texts,
    errors_of,
    fault_words,
    in_one_line,
    language_names,
    save,
    site_crumbs,
    site_of_request,
    speech_of,
)
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import Malformed
from yoyaku.tenancy.policy.looks import COLOUR, TOKENS, measured
from yoyaku.tenancy.policy.site import Piece, mark_of, piece_of, site_faults
from yoyaku.tenancy.repository.changes import read_parts
from yoyaku.tenancy.service import Site
from yoyaku.ui.page import Look
from yoyaku.ui.theme import DEFAULT_TOKENS, theme_css

LOOK: Final = HOME + "/look"
PIECE: Final = Piece(part="brand")
LOGO_BYTES: Final = 200_000
"""What of a file is read; a logo may have far less."""


class NoColour(Malformed):
    """What stands in the address is no colour; only a form made up asks so."""

    code = "no_colour"
    title = "These are no colours."


@get(LOOK)
async def show_look(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form with what stands there."""
    admin(here)
    brand = piece_of(await read_parts(here.conn), PIECE)
    typed = {"seen": mark_of(brand), "why": "", **_fields(brand, site_of_request(request))}
    return _form(here, request, typed, {})


def _fields(brand: Mapping[str, Any], site: Site) -> dict[str, str]:
    texts = {
        f"{name}.{language}": text
        for name in ("name", "tagline")
        for language, text in as_texts(brand.get(name), site).items()
    }
    return {**texts, **{f"colours.{one}": brand["colours"][one] for one in TOKENS}, "logo_svg": brand["logo_svg"]}


def _form(
    here: Here, request: Request[Any, Any, Any], typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response[Any]:
    return here.page.show(
        "admin/site/look.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        contrasts=_contrasts(typed),
        languages=language_names(here, site_of_request(request)),
        tokens=TOKENS,
        action=LOOK,
        crumbs=site_crumbs(here, (here.words.say("site.part.brand"), None)),
    )


def _contrasts(typed: Mapping[str, str]) -> list[Any]:
    """Every contrast that counts; none while a colour cannot be read."""
    colours = {one: typed.get(f"colours.{one}", "") for one in TOKENS}
    return list(measured(colours)) if all(COLOUR.match(one) for one in colours.values()) else []


@get(f"{LOOK}/contrast")
async def show_contrast(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """How readable the colours are that are being typed."""
    admin(here)
    typed = {f"colours.{one}": request.query_params.get(f"colours.{one}", "") for one in TOKENS}
    return here.page.show("admin/site/contrast.html", contrasts=_contrasts(typed))


@get(f"{LOOK}/theme.css")
async def send_preview_theme(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[str]:
    """The style sheet of colours that nobody saved, for whoever tries them.

    Raises:
        NoColour: they are none, or cannot be read on.
    """
    admin(here)
    colours = {one: request.query_params.get(one, DEFAULT_TOKENS[one]) for one in TOKENS}
    try:
        css = theme_css(colours)
    except ValueError:
        raise NoColour from None
    return Response(css, media_type="text/css", headers={"cache-control": "no-store"})


@post(LOOK, status_code=200)
async def send_look(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Look at it, go on typing, or save."""
    admin(here)
    typed, site = await _typed(request), site_of_request(request)
    if typed.get("act") == "edit":
        return _form(here, request, typed, {})
    brand = {
        "name": in_one_line(typed, "name", site),
        "tagline": tagline if any((tagline := in_one_line(typed, "tagline", site)).values()) else None,
        "colours": {one: typed.get(f"colours.{one}", "").lower() for one in TOKENS},
        "logo_svg": typed.get("logo_svg", ""),
    }
    speech = speech_of(site)
    if typed.get("act") != "save":
        faults = site_faults(PIECE, brand, speech)
        return _form(here, request, typed, fault_words(here, faults)) if faults else _preview(here, brand, typed)
    edit = Edit(piece=PIECE, value=brand, seen=typed.get("seen", ""), why=typed.get("why", ""), path=HOME)
    try:
        return await save(request, here, edit, speech=speech)
    except REFUSED as refused:
        return _form(here, request, typed, errors_of(here, refused))


async def _typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was typed; a logo that was sent as a file stands instead of its text."""
    typed = await read_form(request)
    sent = (await request.form()).get("logo_file")
    content = await sent.read(LOGO_BYTES) if isinstance(sent, UploadFile) else b""
    return {**typed, "logo_svg": content.decode("utf-8", "replace")} if content else typed


def _preview(here: Here, brand: Mapping[str, Any], typed: Mapping[str, str]) -> Response[Any]:
    """A page of the site as it would look: to this admin only, and nothing is stored."""
    look: Look = here.page.look
    here.page.look = replace(
        look,
        title=brand["name"],
        tagline=brand["tagline"] or "",
        theme=here.page.url(f"{LOOK}/theme.css", **brand["colours"]),
        logo=f"data:image/svg+xml,{quote(brand['logo_svg'])}",
    )
    carried = {name: text for name, text in typed.items() if name not in {"act", "_csrf_token", "why"}}
    return here.page.show(
        "admin/site/look_preview.html",
        carried=carried,
        why=typed.get("why", ""),
        action=LOOK,
        crumbs=site_crumbs(here, (here.words.say("site.part.brand"), LOOK), (here.words.say("site.preview"), None)),
    )


ROUTES: Final = [show_look, show_contrast, send_preview_theme, send_look]

"""The site at a glance: its parts, what was changed last; one change, and its undoing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import read_form, ways
from yoyaku.admin.pages.site.common import HOME, REFUSED, admin, errors_of, shown_anew, site_crumbs, site_of_request
from yoyaku.admin.pages.site.common import speech_of as plain_speech
from yoyaku.admin.pages.site.given import speech_of
from yoyaku.admin.service.site import ChangeRow, read_change, undo_change
from yoyaku.booking.pages.here import Here
from yoyaku.tenancy.repository.changes import list_changes
from yoyaku.ui.page import Crumb

ONE: Final = HOME + "/changes/{number:int}"


@get(HOME)
async def show_site(here: NamedDependency[Here]) -> Response[Any]:
    """The parts of the site and the latest changes."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    admin(here)
    rows = [{"one": one, "label": change_label(here, one)} for one in await list_changes(here.conn)]
    crumbs: list[Crumb] = site_crumbs(here)
    return here.page.show("admin/site/front.html", rows=rows, ways=ways(here), crumbs=crumbs)


def change_label(here: Here, change: ChangeRow) -> str:
    """What was changed, in words."""
    part = here.words.say(f"site.part.{change.part}")
    if change.part == "pages":
        title = (change.after or change.before or {}).get("title")
        return f"{part}：{here.words.text(title) or change.name}"
    return f"{part}：{change.name}" if change.name else part


@get(ONE)
async def show_change(here: NamedDependency[Here], number: FromPath[int]) -> Response[Any]:
    """One change: what stood there before and what after."""
    admin(here)
    return await _page(here, number, {})


async def _page(here: Here, number: int, errors: Mapping[str, str]) -> Response[Any]:
    change = await read_change(here.conn, number=number)
    label = change_label(here, change)
    before, after = dict(_lines(change.before)), dict(_lines(change.after))
    rows = [
        (_field_words(here, name), before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    return here.page.show(
        "admin/site/change.html",
        status=422 if errors else 200,
        change=change,
        label=label,
        rows=rows,
        errors=errors,
        crumbs=site_crumbs(here, (label, None)),
    )


def _lines(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """The texts of a value by where they stand: ``title.ja``, ``colours.primary``."""
    if isinstance(value, Mapping):
        for key in value:
            yield from _lines(value[key], f"{name}.{key}" if name else str(key))
    elif value is not None:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _field_words(here: Here, name: str) -> str:
    """A field's name: what it is, and of which language."""
    words, (first, _, rest) = here.words, name.partition(".")
    if rest:
        of = words.maybe(f"language.{rest}") or words.maybe(f"site.colour.{rest}") or rest
        return f"{words.maybe(f'site.field.{first}') or first}（{of}）"
    return words.maybe(f"site.field.{first}") or words.maybe(f"language.{first}") or first


@post(f"{ONE}/undo", status_code=303)
async def undo(here: NamedDependency[Here], number: FromPath[int], request: Request[Any, Any, Any]) -> Response[Any]:
    """Put back what stood there before, as a change of its own."""
    admin(here)
    form = await read_form(request)
    site = site_of_request(request)
    change = await read_change(here.conn, number=number)
    speech = await speech_of(here, site) if change.name.startswith("mail.") else plain_speech(site)
    try:
        await undo_change(here.conn, visit=here.visit, number=number, why=form.get("why", ""), speech=speech)
    except REFUSED as refused:
        return await _page(here, number, errors_of(here, refused))
    return shown_anew(request, here.page.go(HOME, flash="site_undone"))


ROUTES: Final = [show_site, show_change, undo]

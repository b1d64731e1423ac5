"""What each language still lacks: words, pages, looks, contact, names of facilities and of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import may
from yoyaku.admin.pages.site.common import HOME, admin, language_names, site_crumbs, site_of_request
from yoyaku.booking.pages.here import Here
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.stored import stored_facilities
from yoyaku.tenancy.repository.changes import read_parts
from yoyaku.ui.languages import LANGUAGES as SPOKEN
from yoyaku.ui.languages import NAMES
from yoyaku.ui.wording import default_wording

LANGUAGES: Final = HOME + "/languages"
LISTED: Final = 200
Lack = tuple[str, str, str | None]
"""Which part, what, and where it is written (a path of the console)."""


@get(LANGUAGES)
async def show_languages(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Per language of the site, what is not said in it."""
    admin(here)
    parts, site = await read_parts(here.conn), site_of_request(request)
    rules = await here.rules()
    facilities = await _facilities(here)
    of_rules = "/counter/rules" if may(here, Permission.RULES) else None
    clauses = msgspec.to_builtins([rules.registration, rules.booking, rules.payment, rules.fees, rules.lotteries])
    lacking = {
        one: [
            *_of_wording(parts["wording"], one),
            *_of_pages(parts["pages"], one),
            *_of_texts("brand", {"brand": parts["brand"]}, one, f"{HOME}/look"),
            *_of_texts("contact", {"contact": parts["contact"]}, one, f"{HOME}/contact"),
            *(lack for value, path in facilities for lack in _of_texts("facilities", value, one, path)),
            *_of_texts("rules", clauses, one, of_rules),
        ]
        for one in site.languages
    }
    return here.page.show(
        "admin/site/languages.html",
        lacking=lacking,
        listed=LISTED,
        languages=language_names(here, site),
        crumbs=site_crumbs(here, (here.words.say("site.languages"), None)),
    )


async def _facilities(here: Here) -> list[tuple[Any, str | None]]:
    """The facilities as JSON, each with the page on which it is changed: its own, or the rules that bring it."""
    stored = {one.code for one in await stored_facilities(here.conn, tenant_id=here.visit.tenant_id)}
    own, rules = may(here, Permission.FACILITIES), may(here, Permission.RULES)
    found: list[tuple[Any, str | None]] = []
    for code, one in (await here.rules()).inventory.facilities.items():
        of_rules = "/counter/rules" if rules else None
        path = (f"/counter/facilities/{code}" if own else None) if code in stored else of_rules
        found.append((msgspec.to_builtins(one), path))
    return found


def _of_wording(wording: Mapping[str, Mapping[str, str]], language: str) -> Iterator[Lack]:
    """What the platform does not say in it, and what the city says its own way in another language only."""
    said = {**default_wording(language), **wording.get(language, {})}
    for key in sorted(set(default_wording("ja")) - set(said) if language in SPOKEN else ()):
        yield ("wording", key, f"{HOME}/wording/{key}")
    heard = SPOKEN if language in SPOKEN else wording  # what only a further language words, no other lacks
    others = {key for one, words in wording.items() if one != language and one in heard for key in words}
    for key in sorted(others - set(wording.get(language, {}))):
        is_mail = key.startswith("mail.") and key.endswith((".subject", ".body"))
        path = f"/counter/mails/{key.split('.')[1]}" if is_mail else f"{HOME}/wording/{key}"
        yield ("wording", key, path)


def _of_pages(pages: Mapping[str, Any], language: str) -> Iterator[Lack]:
    for code, page in pages.items():
        title = page["title"]
        untitled = isinstance(title, Mapping) and not title.get(language, "").strip()
        if untitled or not page["text"].get(language, "").strip():
            yield ("pages", code, f"{HOME}/pages/{code}")


def _of_texts(part: str, value: Any, language: str, path: str | None) -> Iterator[Lack]:  # noqa: ANN401  # JSON
    """Texts by language that have other languages and not this one, by what they say."""
    if isinstance(value, Mapping):
        texts = {key: text for key, text in value.items() if key in NAMES and isinstance(text, str)}
        if texts and set(texts) == set(value):
            if not value.get(language, "").strip():
                yield (part, next(iter(texts.values()), ""), path)
            return
        for one in value.values():
            yield from _of_texts(part, one, language, path)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from _of_texts(part, one, language, path)


ROUTES: Final = [show_languages]

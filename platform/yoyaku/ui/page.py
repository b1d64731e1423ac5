"""One page for one request: who asks, in which language, on whose site; and how it is answered.

Pages of every folder build their answers here: ``page.show(template, …)`` or ``page.go(path)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final, Protocol
from urllib.parse import quote, urlencode

from jinja2 import Environment
from litestar import Response
from litestar.datastructures import Cookie
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from yoyaku.ui.display import Display
from yoyaku.ui.languages import LANGUAGES, NAMES
from yoyaku.ui.words import Text, Words

FLASH_COOKIE: Final = "flash"
FACT: Final = "~"
"""Between the key of a flash and the one instant that its sentence may tell (``when``, ISO 8601)."""
IN_ADDRESSES: Final = "/?#&=%+:;,@!$'()*[]"
"""Characters that an address keeps; all else is written as ``%XX``, so that no header can be ended by it."""
HTML: Final = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where people get help; at the same place on every page (WCAG 2.2, 3.2.6)."""

    name: Text
    phone: str | None = None
    hours: Text | None = None
    mail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a service presents itself: names, logo, colours, contact, and where its pages begin."""

    title: Text
    owner: Text
    tagline: Text
    logo: str | None
    theme: str
    contact: Contact
    prefix: str = ""
    stays: bool = False
    draws: bool = False
    site_pages: tuple[str, ...] = ()
    more_pages: tuple[tuple[str, Text], ...] = ()
    """Pages that the city added: code and title."""
    languages: tuple[str, ...] = LANGUAGES
    """In which the city writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """The last day on which a registration holds, and what it is the date of; soon to come, or past."""

    name: Text
    on: date
    is_soon: bool = False
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who is logged in, as far as the frame of a page shows it.

    ``name`` is for whom they act: a group's name where it is one (``is_group``), and then ``user_name`` is the person
    behind it, where known. ``is_acting``: they are a member who acts for the group now. ``may_act``: there is a group to
    act for. ``has_desk``: staff who serve people, not only run the city.
    """

    name: str
    user_name: str | None = None
    is_group: bool = False
    is_acting: bool = False
    may_act: bool = False
    expiries: tuple[Expiry, ...] = ()
    unread: int = 0
    invitations: int = 0
    is_staff: bool = False
    has_desk: bool = False
    idle_seconds: int = 1800
    behalf_of: str | None = None
    behalf_channel: str | None = None

    def after_reading(self) -> Visitor:
        """The same, with one message fewer to read."""
        return replace(self, unread=max(self.unread - 1, 0))


class SitePage(Protocol):
    """A text page of the tenant: its title, and simple Markdown by language."""

    @property
    def title(self) -> Text:
        """The title, one or one per language."""
        ...

    @property
    def text(self) -> Mapping[str, str]:
        """The text by language."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Crumb:
    """One step of the breadcrumb; the last has no path."""

    label: str
    path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A notice of emergency: what every page says of it, and the page where all of it stands."""

    title: str
    path: str
    since: datetime


@dataclass(slots=True, kw_only=True)
class Page:
    """What every template may use, and the two ways to answer."""

    environment: Environment
    look: Look
    words: Words
    path: str
    query: Mapping[str, str]
    csrf_token: str
    visitor: Visitor | None = None
    cart_count: int = 0
    flash: str | None = None
    demo_clock: object | None = None
    alerts: Sequence[Alert] = ()
    site_pages: Mapping[str, SitePage] = field(default_factory=dict)
    debits: bool = False
    """Whether this service debits accounts by file."""
    cookies: list[Cookie] = field(default_factory=list)
    secure: bool = False
    display: Display = field(default_factory=Display)
    is_shared: bool = False
    """Whether this browser is a terminal that one person uses after another: it keeps nothing of anybody's."""

    def show(self, template: str, *, status: int = HTTP_200_OK, **context: object) -> Response[str]:
        """Render a template inside the frame of the site."""
        text = self.environment.get_template(template).render(
            page=self, words=self.words, look=self.look, lang=self.words.reads or self.words.language, **context
        )
        if self.flash:
            self.forget(FLASH_COOKIE)
        return Response(
            text, status_code=status, media_type=HTML, cookies=self.cookies, headers={"cache-control": "no-store"}
        )

    def go(self, path: str, *, flash: str | None = None) -> Response[None]:
        """Send the browser on to a page of this site (303), with a sentence to show there.

        :param path: a path of the site, without the prefix.
        :param flash: the wording key of the sentence, below ``flash.``; an instant may follow after :data:`FACT`.
        """
        if flash:
            self.remember(FLASH_COOKIE, flash, seconds=60)
        return Response(
            None,
            status_code=HTTP_303_SEE_OTHER,
            headers={"location": quote(self.url(path), safe=IN_ADDRESSES), "cache-control": "no-store"},
            cookies=self.cookies,
        )

    @property
    def flash_sentence(self) -> str | None:
        """What the page before left to say, in words; nothing where the cookie tells nothing known."""
        if not self.flash:
            return None
        key, _, instant = self.flash.partition(FACT)
        try:
            when = self.words.fact(datetime.fromisoformat(instant)) if instant else ""
        except ValueError:
            return None
        return self.words.maybe(f"flash.{key}", when=when)

    def remember(self, name: str, value: str, *, seconds: int | None = None) -> None:
        """Keep a value in the browser, for this site's own pages, out of reach of scripts and of other sites' forms.

        :param seconds: how long; without, until the browser closes.
        """
        self.cookies.append(
            Cookie(
                key=name,
                value=value,
                path=f"{self.look.prefix}/",
                max_age=seconds,
                httponly=True,
                secure=self.secure,
                samesite="lax",
            )
        )

    def forget(self, name: str) -> None:
        """Take back what the browser was to remember."""
        self.remember(name, "", seconds=0)

    def url(self, path: str, /, **query: object) -> str:
        """Return the address of a page of this site, under the path fallback too; any name may be asked for."""
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        return f"{self.look.prefix}{path}" + (f"?{urlencode(asked, doseq=True)}" if asked else "")

    @property
    def console(self) -> str:
        """What the console is called: the counter, or for staff without a desk the city's administration."""
        has_desk = self.visitor is None or self.visitor.has_desk
        return self.words.say("nav.counter" if has_desk else "nav.administration")

    def other_languages(self) -> list[tuple[str, str]]:
        """Return the languages in which this site may also be read: code, and its own name of it."""
        now = self.words.reads or self.words.language
        return [(one, NAMES.get(one, one)) for one in self.look.languages if one != now]

    def in_language(self, language: str) -> str:
        """Return the address of this very page in another language."""
        return self.url(self.path, **{**self.query, "lang": language})

    def site_text(self, code: str) -> str:
        """Return a text page in the page's language, or else in Japanese; empty where the tenant has none."""
        found = self.site_pages.get(code)
        return "" if found is None else self.words.text(found.text)

    def is_here(self, path: str) -> bool:
        """Tell whether this page lies at or below a path, for the navigation."""
        return self.path == path or (path != "/" and self.path.startswith(f"{path}/"))


def safe_return_path(path: str | None) -> str:
    r"""Return where to go after logging in: a path of this site, never another host.

    ``//evil`` and ``/\evil`` are other hosts to a browser; control characters are dropped by some.
    """
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return "/"
    return path if path.isprintable() and "\\" not in path else "/"

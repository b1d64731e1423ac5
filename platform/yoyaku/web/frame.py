"""From a site and a session to the page that frames every answer."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment
from litestar import Request
from litestar.utils.scope.state import ScopeState

from yoyaku.tenancy.policy.site import SITE_PAGES, STEP_PAGES
from yoyaku.tenancy.service import Site
from yoyaku.ui.assets import fingerprint
from yoyaku.ui.display import DISPLAY_COOKIE, read_display
from yoyaku.ui.languages import LANGUAGE_COOKIE, choose_language
from yoyaku.ui.page import FLASH_COOKIE, Contact, Look, Page
from yoyaku.ui.templates import make_environment
from yoyaku.ui.theme import theme_css
from yoyaku.ui.wording import Wording, city_words
from yoyaku.ui.words import Words

TEMPLATE_FOLDERS: Final = ("ui", "booking", "lottery", "registration", "admin", "web")
YEAR_SECONDS: Final = 365 * 24 * 3600


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of all folders, compiled once a process."""
    return make_environment(TEMPLATE_FOLDERS)


class Frames:
    """Looks and words by site, kept as long as the site object itself is the same."""

    def __init__(self, *, secure: bool) -> None:
        """Begin with nothing kept; ``secure`` cookies travel by HTTPS only."""
        self._secure = secure
        self._words: dict[tuple[str, str, str], tuple[Site, Words]] = {}

    def page(self, request: Request[Any, Any, Any], site: Site, *, stays: bool = False, draws: bool = False) -> Page:
        """The page for one request, before it is known who asks."""
        asked = request.query_params.get("lang")
        remembered = request.cookies.get(LANGUAGE_COOKIE)
        accepted = request.headers.get("accept-language")
        language = choose_language(asked=asked, remembered=remembered, accepted=accepted, spoken=site.languages)
        token = ScopeState.from_scope(request.scope).csrf_token
        page = Page(
            environment=environment(),
            look=look_of(site, prefix=prefix_of(request), stays=stays, draws=draws),
            words=self._words_of(site, language),
            path=request.scope["path"],
            query={name: value for name, value in request.query_params.items() if name != "lang"},
            csrf_token=token if isinstance(token, str) else "",
            flash=request.cookies.get(FLASH_COOKIE),
            secure=self._secure,
            display=read_display(request.cookies.get(DISPLAY_COOKIE)),
            is_shared=site.channel is not None,
        )
        if asked == language != remembered:
            page.remember(LANGUAGE_COOKIE, language, seconds=YEAR_SECONDS)
        return page

    def _words_of(self, site: Site, language: str) -> Words:
        key = (site.tenant_id, site.service_id, language)
        kept = self._words.get(key)
        if kept is None or kept[0].wording != site.wording:
            wording = Wording(language, tenant_words=city_words(site.wording, language))
            kept = (site, Words.of(wording))
            self._words[key] = kept
        return kept[1]


def prefix_of(request: Request[Any, Any, Any]) -> str:
    """The part of the address that the path fallback took off; empty on a site's own host."""
    prefix: str = request.scope["state"].get("prefix", "")
    return prefix


def look_of(site: Site, *, prefix: str, stays: bool, draws: bool = False) -> Look:
    """How a site presents itself."""
    theme = theme_css(site.colours)
    return Look(
        title=site.brand_name,
        owner=site.tenant_name,
        tagline=site.tagline or "",
        logo=f"{prefix}/brand/{fingerprint(site.logo_svg.encode())}/logo.svg" if site.logo_svg else None,
        theme=f"{prefix}/brand/{fingerprint(theme.encode())}/theme.css",
        contact=Contact(
            name=site.contact.name, phone=site.contact.phone, hours=site.contact.hours, mail=site.contact.mail
        ),
        prefix=prefix,
        stays=stays,
        draws=draws,
        languages=site.languages,
        site_pages=tuple(code for code in SITE_PAGES if code in site.pages),
        more_pages=tuple(
            (code, page.title) for code, page in site.pages.items() if code not in {*SITE_PAGES, *STEP_PAGES}
        ),
    )

"""What the pages of the site share: what stands there, what may be said, saving, and what is wrong in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request, Response
from litestar.background_tasks import BackgroundTask

from yoyaku.admin.pages.desk import at_desk, crumbs
from yoyaku.admin.service.site import SameAsBefore, SiteChangedMeanwhile, SiteTextWrong, change_site
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.policy.roles import Permission
from yoyaku.tenancy.policy.site import Piece, SiteFault, Speech
from yoyaku.tenancy.service import Site
from yoyaku.ui.languages import LANGUAGES, NAMES
from yoyaku.ui.page import Crumb
from yoyaku.ui.wording import default_wording

HOME: Final = "/counter/site"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One piece as an admin sends it: what is to stand there, the mark of what they saw, why; where it leads."""

    piece: Piece
    value: Any
    seen: str
    why: str
    path: str


def admin(here: Here) -> None:
    """Let pass who may change the site.

    Raises:
        RoleMissing: it is somebody else.
    """
    at_desk(here, Permission.SITE)


def site_of_request(request: Request[Any, Any, Any]) -> Site:
    """The site that is being asked; as old as two seconds."""
    site: Site = request.scope["state"]["site"]
    return site


def speech_of(site: Site, given: Mapping[str, Collection[str]] | None = None) -> Speech:
    """In which languages this site speaks, over the platform's words."""
    defaults = {language: default_wording(language) for language in LANGUAGES}
    return Speech(languages=site.languages, defaults=defaults, given=given or {})


async def save(request: Request[Any, Any, Any], here: Here, edit: Edit, *, speech: Speech) -> Response[Any]:
    """Put it there and go on; from then on this process shows it.

    Raises:
        SiteTextWrong, SiteChangedMeanwhile, SameAsBefore: nothing was changed.
    """
    await change_site(
        here.conn, visit=here.visit, piece=edit.piece, value=edit.value, seen=edit.seen, why=edit.why, speech=speech
    )
    return shown_anew(request, here.page.go(edit.path, flash="site_saved"))


def shown_anew(request: Request[Any, Any, Any], answer: Response[Any]) -> Response[Any]:
    """The answer, after which (so after the transaction) this process looks its sites up again."""
    answer.background = BackgroundTask(request.scope["state"]["forget_sites"])
    return answer


def errors_of(here: Here, refused: YoyakuError) -> dict[str, str]:
    """What is wrong in words, by field; without one where it is no field's."""
    if isinstance(refused, SiteTextWrong):
        return fault_words(here, refused.faults)
    return {"": here.words.sentence(refused)}


def fault_words(here: Here, faults: Sequence[SiteFault]) -> dict[str, str]:
    """The sentences of faults by field, the first of each."""
    said: dict[str, str] = {}
    for one in faults:
        said.setdefault(one.field, here.words.say(f"site.fault.{one.code}", **one.facts))
    return said


REFUSED: Final = (SiteTextWrong, SiteChangedMeanwhile, SameAsBefore)


def site_crumbs(here: Here, *steps: tuple[str, str | None]) -> list[Crumb]:
    """The way here from the console over the site."""
    return crumbs(here, (here.words.say("site.title"), HOME), *steps)


def by_language(form: Mapping[str, str], name: str, site: Site) -> dict[str, str]:
    """What was typed for each language, in fields ``<name>.<language>``."""
    return {one: form.get(f"{name}.{one}", "").replace("\r\n", "\n") for one in site.languages}


def in_one_line(form: Mapping[str, str], name: str, site: Site) -> dict[str, str]:
    """The same of names, which stand in the headers of mails too."""
    return {one: " ".join(text.split()) for one, text in by_language(form, name, site).items()}


def as_texts(text: object, site: Site) -> dict[str, str]:
    """A text by language, whatever it was: one for all, one per language, or none."""
    if isinstance(text, Mapping):
        return {one: str(text.get(one) or "") for one in site.languages}
    return {one: str(text or "") for one in site.languages}


def language_names(here: Here, site: Site) -> list[tuple[str, str]]:
    """The site's languages: code and name."""
    return [(one, language_name(here, one)) for one in site.languages]


def language_name(here: Here, language: str) -> str:
    """What a language is called; one that the platform does not speak by its own name."""
    return here.words.maybe(f"language.{language}") or NAMES.get(language, language)

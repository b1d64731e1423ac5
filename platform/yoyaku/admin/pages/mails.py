"""What mails say: every template by event and language, shown on somebody made up before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import crumbs, read_form, ways
from yoyaku.admin.pages.site.common import (
    REFUSED,
    admin,
    errors_of,
    fault_words,
    language_names,
    shown_anew,
    site_of_request,
)
from yoyaku.admin.pages.site.common import speech_of as plain_speech
from yoyaku.admin.pages.site.given import events_of_templates, facts_given, sample_of
from yoyaku.admin.service.site import SameAsBefore, change_site
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound
from yoyaku.notice.examples import example_facts, example_mail
from yoyaku.notice.repository import NewMail
from yoyaku.rulebook.stored import rules_of_version, stored_facilities
from yoyaku.rulebook.words.names import Names
from yoyaku.rulebook.words.voice import Voice
from yoyaku.tenancy.policy.site import Piece, Speech, mark_of, piece_of, site_faults
from yoyaku.tenancy.repository.changes import read_parts
from yoyaku.tenancy.service import Site
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import Wording, city_words, default_wording, facts_named
from yoyaku.ui.words import Words

HOME: Final = "/counter/mails"
ONE: Final = HOME + "/{template:str}"
PARTS: Final = ("subject", "body")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One template: its event, in which languages it speaks, what it may name."""

    template: str
    event: str
    site: Site
    speech: Speech
    wording: Mapping[str, Mapping[str, str]]

    def piece(self, part: str) -> Piece:
        """Its subject or body."""
        return Piece(part="wording", name=f"mail.{self.template}.{part}")

    def own(self, part: str) -> dict[str, str] | None:
        """The city's own text by language."""
        found: dict[str, str] | None = piece_of({"wording": self.wording}, self.piece(part))
        return found

    def default(self, part: str, language: str) -> str:
        """The platform's text; empty where the template is the city's own."""
        return default_wording(language).get(self.piece(part).name, "")

    def to_keep(self, part: str, value: Mapping[str, str]) -> dict[str, str] | None:
        """What is the city's own of these texts by language: what the platform does not say just so."""
        kept = {one: text for one, text in value.items() if text and text != self.default(part, one)}
        return kept or None


@get(HOME)
async def list_mails(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """Every mail of this service: those that the rules name first."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    admin(here)
    site = site_of_request(request)
    own = (await read_parts(here.conn))["wording"]
    events = events_of_templates(await here.rules())
    named, told = _named(await here.rules()), await _whom(here, events)
    rows = [
        {
            "template": template,
            "event": here.words.say(f"mails.event.{event}"),
            "told": told.get(template, ""),
            "languages": dict(language_names(here, site)),
            "named": template in named,
            "subject": _said(own, template, here.words.language),
            "own": [one for one in site.languages if any(f"mail.{template}.{p}" in own.get(one, {}) for p in PARTS)],
        }
        for template, event in events.items()
    ]
    rows.sort(key=lambda row: (not row["named"], row["event"]))
    here_now = crumbs(here, (here.words.say("mails.title"), None))
    return here.page.show("admin/mails/list.html", rows=rows, ways=ways(here), crumbs=here_now)


async def _whom(here: Here, events: Mapping[str, str]) -> dict[str, str]:
    """Whom and what a mail is for, beyond its event: the staff, the bookings of which the rules name it."""
    visit, rules = here.visit, await here.rules()
    rule_set = await rules_of_version(
        here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=rules.version
    )
    facilities = await stored_facilities(here.conn, tenant_id=visit.tenant_id)
    names = Names(rule_set, facilities, Voice("en" if here.words.language == "en" else "ja", here.words.wording))
    found: dict[str, list[str]] = {}
    for one in rule_set.notices:
        to = here.words.say("mails.to_staff") if one.to == "facility_staff" else ""
        said = "、".join(part for part in (to, names.condition(one.when)) if part)
        if said and said not in found.setdefault(one.template, []):
            found[one.template].append(said)
    standing = {name: [here.words.say("mails.to_staff")] for name in events if name.endswith("_staff")}
    return {template: " / ".join(said) for template, said in {**standing, **found}.items()}


def _named(rules: Any) -> set[str]:  # noqa: ANN401  # the service's rules
    return {template for one in rules.notices if (template := getattr(one, "template", None))}


def _said(own: Mapping[str, Mapping[str, str]], template: str, language: str) -> str:
    key = f"mail.{template}.subject"
    return own.get(language, {}).get(key) or default_wording(language).get(key, "")


@get(ONE)
async def show_mail(
    here: NamedDependency[Here], template: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """One template as it stands, with what it may name, and how it reads."""
    admin(here)
    opened = await _opened(here, template, request)
    typed = {"why": ""}
    for part in PARTS:
        own = opened.own(part)
        typed[f"seen.{part}"] = mark_of(own)
        typed |= {f"{part}.{one}": (own or {}).get(one) or opened.default(part, one) for one in opened.site.languages}
    return await _form(here, opened, typed, {})


async def _opened(here: Here, template: str, request: Request[Any, Any, Any]) -> Opened:
    """A template that this service has.

    Raises:
        NotFound: it has none of that name.
    """
    site, rules = site_of_request(request), await here.rules()
    events = events_of_templates(rules)
    if template not in events:
        raise NotFound(what="mail")
    given = facts_given(sample_of(here, site, rules, here.words), {template: events[template]})
    wording = (await read_parts(here.conn))["wording"]
    return Opened(
        template=template, event=events[template], site=site, speech=plain_speech(site, given), wording=wording
    )


async def _form(here: Here, opened: Opened, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response[Any]:
    """The template with its preview, which a fault leaves out."""
    event = here.words.say(f"mails.event.{opened.event}")
    samples = (
        {}
        if errors.keys() - {"", "why"}
        else {one: await _sample(here, opened, typed, one) for one in opened.site.languages}
    )
    given = sorted(opened.speech.given[opened.piece("body").name])
    facts = example_facts(opened.event, sample_of(here, opened.site, await here.rules(), here.words))
    return here.page.show(
        "admin/mails/mail.html",
        status=422 if errors else 200,
        opened=opened,
        event=event,
        told=(await _whom(here, {opened.template: opened.event})).get(opened.template, ""),
        typed=typed,
        errors=errors,
        samples=samples,
        facts=[(fact, facts[fact]) for fact in given],
        unsaid=_unsaid(opened, typed),
        languages=language_names(here, opened.site),
        action=f"{HOME}/{opened.template}",
        crumbs=crumbs(here, (here.words.say("mails.title"), HOME), (event, None)),
    )


async def _sample(here: Here, opened: Opened, typed: Mapping[str, str], language: str) -> NewMail:
    """The mail as somebody made up would get it in a language."""
    own = city_words(opened.wording, language)
    texts = {opened.piece(part).name: text for part in PARTS if (text := typed[f"{part}.{language}"])}
    words = Words.of(Wording(language, tenant_words={**own, **texts}))
    sample = sample_of(here, opened.site, await here.rules(), words)
    return example_mail(opened.template, opened.event, sample)


def _unsaid(opened: Opened, typed: Mapping[str, str]) -> list[str]:
    """Facts that the platform's text names in a language, and the city's own there does not: told, not refused."""
    found = set[str]()
    for one in opened.site.languages:
        standing, own = set[str](), set[str]()
        for part in PARTS:
            standing |= facts_named(opened.default(part, one))
            own |= facts_named(typed.get(f"{part}.{one}", ""))
        found |= standing - own
    return sorted(found)


@post(ONE, status_code=200)
async def send_mail(
    here: NamedDependency[Here], template: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Look at it, save it, or go back to the platform's own text."""
    admin(here)
    opened, sent = await _opened(here, template, request), await read_form(request)
    typed = {name: text.replace("\r\n", "\n") for name, text in sent.items()}
    fields = [f"{part}.{one}" for part in PARTS for one in opened.site.languages]
    typed = {**dict.fromkeys(fields, ""), **typed}
    if typed.get("act") == "default":
        typed |= {f"{part}.{one}": opened.default(part, one) for part in PARTS for one in opened.site.languages}
    errors = _errors(here, opened, typed)
    if errors or typed.get("act") == "preview":
        return await _form(here, opened, typed, errors)
    try:
        async with here.conn.begin_nested():  # subject and body, or neither
            await _save(here, opened, typed)
    except REFUSED as refused:
        return await _form(here, opened, typed, errors_of(here, refused))
    return shown_anew(request, here.page.go(HOME, flash="site_saved"))


def _errors(here: Here, opened: Opened, typed: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by field; an empty text is nobody's mail."""
    errors: dict[str, str] = {}
    for part in PARTS:
        value = {one: typed[f"{part}.{one}"] for one in opened.site.languages}
        errors |= {
            f"{part}.{one}": here.words.say("site.fault.missing")
            for one, text in value.items()
            if not text and one in LANGUAGES
        }
        found = fault_words(here, site_faults(opened.piece(part), opened.to_keep(part, value), opened.speech))
        errors |= {name.replace("text.", f"{part}."): sentence for name, sentence in found.items()}
    return errors


async def _save(here: Here, opened: Opened, typed: Mapping[str, str]) -> None:
    """Keep what differs, subject and body as changes of their own.

    Raises:
        SiteTextWrong, SiteChangedMeanwhile, SameAsBefore: nothing may stay.
    """
    changed = 0
    for part in PARTS:
        value = opened.to_keep(part, {one: typed[f"{part}.{one}"] for one in opened.site.languages})
        seen = typed.get(f"seen.{part}", "")
        if mark_of(value) == seen and value == opened.own(part):
            continue
        await change_site(
            here.conn,
            visit=here.visit,
            piece=opened.piece(part),
            value=value,
            seen=seen,
            why=typed.get("why", ""),
            speech=opened.speech,
        )
        changed += 1
    if not changed:
        raise SameAsBefore


ROUTES: Final = [list_mails, show_mail, send_mail]

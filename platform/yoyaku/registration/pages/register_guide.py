"""What one needs to register: classes, ways, papers, counters with their hours, and the form on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.pages.door import Door
from yoyaku.registration.policy.eligibility import consents_asked, papers_for
from yoyaku.registration.policy.form import Asked, fields_asked, find_class, form_facts
from yoyaku.registration.terms import (
    Consent,
    OpenHours,
    Paper,
    ReceptionPattern,
    RegistrantClass,
    RegistrationCounter,
    RegistrationTerms,
)
from yoyaku.rules.condition import Value
from yoyaku.rules.values import Text
from yoyaku.ui.page import Crumb

GROWN_UP: Final = 18
_BY_HAND: Final = ("counter", "post")


@dataclass(frozen=True, kw_only=True)
class PaperCase:
    """The papers in one case: ``self``, ``proxy`` (somebody comes for you) or ``minor`` (under 18)."""

    code: str
    papers: Sequence[Paper]


@dataclass(frozen=True, kw_only=True)
class ClassGuide:
    """A class that one may register as: who, by which ways, refused when, and with which papers."""

    chosen: RegistrantClass
    refusals: Sequence[Text]
    cases: Sequence[PaperCase]


@dataclass(frozen=True, kw_only=True)
class Reception:
    """Counters that share their hours; ``pattern`` is absent where no hours are known."""

    pattern: ReceptionPattern | None
    hours: Sequence[str]
    counters: Sequence[tuple[RegistrationCounter, Text | None]]


def crumb(door: Door) -> Crumb:
    """The way back to where registering begins."""
    return Crumb(label=door.words.say("register.title"), path="/register")


def class_guides(door: Door) -> list[ClassGuide]:
    """The classes that anybody may register as."""
    terms = door.terms
    return [
        ClassGuide(
            chosen=chosen,
            refusals=[one.refusal for one in terms.eligibility if one.when.get("user_class") in {None, chosen.code}],
            cases=paper_cases(terms, chosen),
        )
        for chosen in terms.classes
        if chosen.apply_by
    ]


def paper_cases(terms: RegistrationTerms, chosen: RegistrantClass) -> list[PaperCase]:
    """The papers when one comes oneself, sends somebody, or is under age; a case like the first is left out."""
    usual = _papers(terms, chosen, by_proxy=False, age=GROWN_UP)
    others = {
        "proxy": _papers(terms, chosen, by_proxy=True, age=GROWN_UP),
        "minor": _papers(terms, chosen, by_proxy=True, age=GROWN_UP - 1),
    }
    first = [PaperCase(code="self", papers=usual)] if usual else []
    return first + [PaperCase(code=code, papers=papers) for code, papers in others.items() if papers != usual]


def _papers(terms: RegistrationTerms, chosen: RegistrantClass, *, by_proxy: bool, age: int) -> tuple[Paper, ...]:
    facts: dict[str, Value] = {**form_facts(chosen, way="counter", by_proxy=by_proxy), "age": age}
    return papers_for(terms, facts)


@get("/register/counters")
async def show_counters(door: NamedDependency[Door]) -> Response[str]:
    """Where one registers in person, when, and with which papers."""
    return door.page.show(
        "registration/register_counters.html",
        crumbs=[crumb(door), Crumb(label=door.words.say("register.counters.title"))],
        receptions=receptions_of(door),
        guides=class_guides(door),
    )


@get("/register/paper/{user_class:str}")
async def show_paper(door: NamedDependency[Door], user_class: FromPath[str]) -> Response[str]:
    """The application as a form to print and fill in by hand."""
    chosen = find_class(door.terms, user_class)
    if chosen is None or not chosen.apply_by:
        raise NotFound(what="class")
    asked, consents = paper_questions(door.terms, chosen)
    return door.page.show(
        "registration/register_paper.html",
        crumbs=[crumb(door), Crumb(label=door.words.say("register.paper.title"))],
        chosen=chosen,
        asked=asked,
        consents=consents,
        cases=paper_cases(door.terms, chosen),
        receptions=receptions_of(door),
        by_post="post" in chosen.apply_by,
        asks_id=door.terms.login.issued is None,
        login=door.terms.login,
    )


def paper_questions(terms: RegistrationTerms, chosen: RegistrantClass) -> tuple[tuple[Asked, ...], tuple[Consent, ...]]:
    """What the form on paper asks: what is asked at the counter, or by post where the class has no counter."""
    way = next((way for way in _BY_HAND if way in chosen.apply_by), "counter")
    facts = form_facts(chosen, way=way)  # type: ignore[arg-type]  # one of the ways
    return fields_asked(terms, facts), consents_asked(terms, facts)


def receptions_of(door: Door) -> list[Reception]:
    """The counters by their hours, in the order of the rules; where one does another's work, its name stands beside."""
    terms = door.terms
    named = {one.code: one.name for one in terms.counters}
    found = []
    for pattern in (*terms.reception, None):
        code = pattern.code if pattern else None
        counters = [(one, named.get(one.handled_at or "")) for one in terms.counters if one.pattern == code]
        if counters:
            hours = [_hours(door, one) for one in pattern.hours] if pattern else []
            found.append(Reception(pattern=pattern, hours=hours, counters=counters))
    return found


def _hours(door: Door, hours: OpenHours) -> str:
    """``土曜・日曜 09:00〜17:00（3〜11月）``."""
    say = door.words.say
    days = say("register.and").join(say(f"register.days.{day}") for day in hours.days)
    months = say("register.and").join(say("register.month", month=month) for month in hours.months)
    span = say("register.hours", days=days, opens=hours.opens, closes=hours.closes)
    return say("register.hours_in_months", hours=span, months=months) if months else span


ROUTES: Final = [show_counters, show_paper]

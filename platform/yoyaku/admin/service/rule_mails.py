"""The mails that a draft's rules name, held against the words of its site: in every language, subject and body."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import NotFound
from yoyaku.notice.examples import Sample, example_facts
from yoyaku.rulebook.draft import DraftChecked
from yoyaku.rules.fault import Fault, Term, in_reading_order
from yoyaku.tenancy import repository as tenancy
from yoyaku.tenancy.service import Site
from yoyaku.tenancy.service.sites import site_of
from yoyaku.ui.languages import LANGUAGES
from yoyaku.ui.wording import Wording, city_words, facts_named
from yoyaku.ui.words import Words

PARTS: Final = ("subject", "body")


async def with_mails(conn: AsyncConnection, *, visit: Visit, checked: DraftChecked) -> DraftChecked:
    """What was found, and what the mails lack that the rules name, each at the line that names it.

    Raises:
        NotFound: the site is gone.
    """
    row = await tenancy.find_site(conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
    if row is None:
        raise NotFound(what="service")
    found = await asyncio.to_thread(lambda: list(_faults(checked, site_of(row), visit.now)))
    return replace(checked, faults=tuple(in_reading_order([*checked.faults, *found]))) if found else checked


def _faults(checked: DraftChecked, site: Site, now: datetime) -> Iterator[Fault]:
    if checked.book is None or checked.source is None:
        return
    spoken = {one: Wording(one, tenant_words=city_words(site.wording, one)) for one in site.languages}
    given = dict[str, frozenset[str]]()
    for place, notice in enumerate(checked.book.rules.notices):
        at = ("notices", place, "template")
        if notice.event not in given and checked.rules is not None:
            words = Words.of(spoken[site.languages[0]])
            sample = Sample(site=site, rules=checked.rules, words=words, url="https://…", now=now)
            given[notice.event] = frozenset(example_facts(notice.event, sample))
        for code, facts in _of_template(notice.template, spoken, given.get(notice.event)):
            yield Fault(code=code, place=checked.source.document.place(at), path=at, facts=facts)


def _of_template(
    template: str, spoken: Mapping[str, Wording], given: frozenset[str] | None
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What is wrong with one mail, by language and part; places for facts only where it is known which there are."""
    for language, wording in spoken.items():
        for part in PARTS:
            facts: dict[str, object] = {"found": template, "language": _named(language), "part": Term(f"mail.{part}")}
            text = wording.find(f"mail.{template}.{part}")
            if text is None:
                yield "mail_unsaid", facts
            elif given is not None and (strange := facts_named(text) - given):
                names = [f"{{{name}}}" for name in sorted(strange)]
                yield "mail_fact_strange", {**facts, "strange": names, "allowed": sorted(given)}


def _named(language: str) -> Term | str:
    return Term(f"language.{language}") if language in LANGUAGES else language

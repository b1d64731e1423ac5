"""Which facts a city's words may name: those of the platform's own text, and in mails all that their event knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from yoyaku.admin.pages.site.common import speech_of as plain_speech
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.notice.examples import Sample, example_facts
from yoyaku.notice.terms import Event, Notice
from yoyaku.tenancy.policy.site import Speech
from yoyaku.tenancy.service import Site
from yoyaku.ui.wording import default_wording
from yoyaku.ui.words import Words

MAIL: Final = "mail."
SUBJECT: Final = ".subject"


def events_of_templates(rules: ServiceRules) -> dict[str, str]:
    """Every mail of this service by its template, with its event: those that the rules name, and the platform's own."""
    own = {one.template: one.event for one in rules.notices if isinstance(one, Notice)}
    keys = default_wording("ja")
    standing = {
        key.removeprefix(MAIL).removesuffix(SUBJECT) for key in keys if key.startswith(MAIL) and key.endswith(SUBJECT)
    }
    return {**{one: event for one in sorted(standing) if (event := _event_of(one)) is not None}, **own}


def _event_of(template: str) -> str | None:
    """The event that a template of the platform's is named after: ``booking_made_staff`` tells of ``booking_made``."""
    fitting = [event for event in get_args(Event) if template.startswith(event)]
    return max(fitting, key=len, default=None)


def sample_of(here: Here, site: Site, rules: ServiceRules, words: Words) -> Sample:
    """What a made-up mail of this service is made of."""
    return Sample(site=site, rules=rules, words=words, url="https://…", now=here.visit.now)


def facts_given(sample: Sample, events: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """The facts that each wording key of a mail may name."""
    of_event = {event: frozenset(example_facts(event, sample)) for event in set(events.values())}
    return {
        f"{MAIL}{template}.{part}": of_event[event]
        for template, event in events.items()
        for part in ("subject", "body")
    }


async def speech_of(here: Here, site: Site) -> Speech:
    """What may be said on this site and in its mails."""
    rules = await here.rules()
    return plain_speech(site, facts_given(sample_of(here, site, rules, here.words), events_of_templates(rules)))

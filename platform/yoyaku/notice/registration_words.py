"""A registration in the words of a mail: the facts that ``mail.<template>.subject`` and ``.body`` may name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from yoyaku.notice.words import contact_of
from yoyaku.registration.repository.life import LifeRow
from yoyaku.registration.terms import RegistrationTerms
from yoyaku.tenancy.service import Site
from yoyaku.ui.formats import long_date
from yoyaku.ui.words import Words


def registration_facts(
    *, site: Site, terms: RegistrationTerms, row: LifeRow, event: Mapping[str, Any], words: Words, url: str
) -> dict[str, str]:
    """Every fact as text in the reader's language, but for ``link`` and its ``hours``.

    ``stage`` is the name of the stage that was reached and ``next`` what to do then; ``validity`` and ``last_day``
    name an expiry. ``event`` holds what the outbox row tells.
    """
    stage = next((one for one in terms.stages if one.code == event.get("to", row.stage)), None)
    validity = next((one for one in terms.validity if one.code == event.get("validity")), None)
    return {
        "service": words.text(site.brand_name),
        "tenant": words.text(site.tenant_name),
        "contact": contact_of(site.contact, words),
        "url": url,
        "name": str(event.get("name") or row.name),
        "id_label": words.text(terms.login.id_label),
        "login_id": str(event.get("login_id") or ""),
        "email": str(event.get("email") or row.email or ""),
        "group": str(event.get("group_name") or ""),
        "stage": words.text(stage.name) if stage else "",
        "next": words.text(stage.next_step) if stage else "",
        "validity": words.text(validity.name) if validity else "",
        "last_day": _day(event.get("last_day") or event.get("until"), words),
        "reason": _reason(event, words),
        "papers": "\n".join(_papers(terms, event, words)),
    }


def _day(value: object, words: Words) -> str:
    if not isinstance(value, str):
        return ""
    day = datetime.fromisoformat(value).date() if "T" in value else date.fromisoformat(value)
    return long_date(day, words.language)


def _reason(event: Mapping[str, Any], words: Words) -> str:
    """What a clerk wrote, else the plugin's reason in words."""
    if event.get("why"):
        return str(event["why"])
    code = event.get("reason")
    return "" if not code else words.maybe(f"identity.rejected.{code}") or ""


def _papers(terms: RegistrationTerms, event: Mapping[str, Any], words: Words) -> list[str]:
    asked = event.get("papers") or ()
    return [words.text(paper.name) for paper in terms.papers if paper.code in asked]

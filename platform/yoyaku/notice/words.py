"""A booking in the words of a mail: the facts that ``mail.<template>.subject`` and ``.body`` may name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yoyaku.booking.service import BookingView
from yoyaku.facility.policy import minute_of_day
from yoyaku.tenancy.service import Contact, Site
from yoyaku.ui.formats import clock_period, clock_time, deadline, long_date, yen
from yoyaku.ui.words import Words


def mail_facts(*, site: Site, booking: BookingView, event: Mapping[str, Any], words: Words, url: str) -> dict[str, str]:
    """Every fact as text in the reader's language.

    ``details`` are lines about what is booked, ``next`` what to do next and until when, ``contact`` whom to ask.
    ``event`` holds what the outbox row tells (``refund_yen``, ``kept_yen``, ``reason``; ``granted`` and ``why`` of a
    reduction).
    """
    facts = {
        "service": words.text(site.brand_name),
        "tenant": words.text(site.tenant_name),
        "name": booking.contact.name,
        "number": booking.number,
        "facility": words.text(booking.facility_name),
        "space": words.text(booking.space_name),
        "when": when_of(booking, words),
        "total": yen(booking.total_yen, words.language),
        "deadline": deadline_of(booking, words),
        "collect_on": collected_on(booking, words),
        "refund": yen(int(event.get("refund_yen") or 0), words.language),
        "kept": yen(int(event.get("kept_yen") or 0), words.language),
        "reason": reason_of(event, words),
        "result": result_of(event, words),
        "why": str(event.get("why") or ""),
        "contact": contact_of(site.contact, words),
        "url": url,
        **money_facts(booking, event, words),
    }
    facts["details"] = details_of(booking, facts, words)
    facts["next"] = next_of(booking, facts, words)
    return facts


def next_of(booking: BookingView, facts: Mapping[str, str], words: Words) -> str:
    """What is to be done next, and until when: a booking that stands may still be to be paid, where no bank debits it."""
    owes = booking.state == "confirmed" and booking.paid_yen < booking.total_yen
    to_pay = owes and bool(facts["deadline"]) and not facts["collect_on"]
    return words.say("mail.next.confirmed_to_pay" if to_pay else f"mail.next.{booking.state}", **facts)


def money_facts(booking: BookingView, event: Mapping[str, Any], words: Words) -> dict[str, str]:
    """What a mail about a payment names: its amount and number, the fee that stands, the day and the hours of use."""
    owed_yen = booking.total_yen if booking.kept_yen is None else booking.kept_yen
    return {
        "amount": yen(int(event.get("amount_yen") or 0), words.language),
        "collection_number": str(event.get("collection_number") or ""),
        "owed": yen(owed_yen, words.language),
        "use_day": long_date(booking.use_on, words.language),
        "use_hours": "" if booking.nights else clock_period(booking.period.starts_at, booking.period.ends_at),
    }


def when_of(booking: BookingView, words: Words) -> str:
    """``2027年2月20日（土） 9:00〜12:00``, or the first night and how many."""
    day = long_date(booking.use_on, words.language)
    if booking.nights:
        arrives = clock_time(booking.period.starts_at)
        return words.say("mail.when.nights", day=day, nights=booking.nights, arrives=arrives)
    return f"{day} {clock_period(booking.period.starts_at, booking.period.ends_at)}"


def deadline_of(booking: BookingView, words: Words) -> str:
    """Until when something is to be done: the booking's own deadline, else the first payment's; empty without one."""
    dues = sorted(due.due_at for due in booking.dues if due.due_at is not None)
    at = booking.lapses_at or (dues[0] if dues else None)
    return "" if at is None else deadline(at, words.language)


def collected_on(booking: BookingView, words: Words) -> str:
    """The day on which a bank debits it; empty where none does."""
    day = next((due.collect_on for due in booking.dues if due.collect_on is not None), None)
    return "" if day is None else long_date(day, words.language)


def details_of(booking: BookingView, facts: Mapping[str, str], words: Words) -> str:
    """The lines about what is booked."""
    lines = [words.say(f"mail.line.{name}", **facts) for name in ("number", "facility", "space", "when")]
    if booking.surfaces > 1:
        lines.append(words.say("mail.line.surfaces", count=booking.surfaces))
    for times in booking.request.unused:  # hours taken out of the middle: the whole time still stands above
        period = "〜".join(clock_time(minute_of_day(time)) for time in times)
        lines.append(words.say("booking.unused", time=period))
    if booking.total_yen:
        lines.append(words.say("mail.line.total", **facts))
    return "\n".join(lines)


def reason_of(event: Mapping[str, Any], words: Words) -> str:
    """Why it ended, as it was typed, else the grounds in the city's words; empty without either."""
    reason, grounds = event.get("reason"), event.get("grounds")
    if reason or not grounds:
        return str(reason or "")
    return words.maybe(f"counter.grounds.{grounds}") or str(grounds)


def result_of(event: Mapping[str, Any], words: Words) -> str:
    """Whether a reduction was granted; empty where none was asked for."""
    granted = event.get("granted")
    return "" if granted is None else words.say("relief.state.approved" if granted else "relief.state.refused")


def contact_of(contact: Contact, words: Words) -> str:
    """Whom to ask, one fact a line."""
    parts = (words.text(contact.name), contact.phone, words.text(contact.hours), contact.mail)
    return "\n".join(part for part in parts if part)

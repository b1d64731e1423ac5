"""A made-up event of each kind, told by the very code that tells real ones: what an admin sees of a mail before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from yoyaku.billing.policy import PaymentDue
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.service import BookingView
from yoyaku.booking.views import Contact
from yoyaku.facility.policy import PlacedSpace
from yoyaku.kernel.period import Period
from yoyaku.lottery.repository.lotteries import LotteryRow
from yoyaku.lottery.rules import schemes
from yoyaku.lottery.views import EntryUse, EntryView
from yoyaku.notice.arrears_words import arrears_facts
from yoyaku.notice.debit_words import debit_facts
from yoyaku.notice.lottery_words import Story, lottery_facts
from yoyaku.notice.policy import Addressee
from yoyaku.notice.registration import Telling
from yoyaku.notice.registration_words import registration_facts
from yoyaku.notice.repository import NewMail
from yoyaku.notice.service import Event, fill_template
from yoyaku.notice.words import mail_facts
from yoyaku.registration.repository.life import LifeRow
from yoyaku.tenancy.service import Site
from yoyaku.ui.words import Words

NOBODY: Final = UUID(int=0)
OF_BOOKINGS: Final = (
    "booking_",
    "relief_",
    "payment_succeeded",
    "payment_failed",
    "payment_reversed",
    "payment_received",
)
OF_LOTTERIES: Final = "lottery_"
IN_DAYS: Final = 30
DUE_IN_DAYS: Final = 14
YEN: Final = 4_200
FEW_YEN: Final = 1_200
HOURS: Final = 24


@dataclass(frozen=True, kw_only=True)
class Sample:
    """For which site and rules, in whose words, with which address in links, and when (business time)."""

    site: Site
    rules: ServiceRules
    words: Words
    url: str
    now: datetime


def example_mail(template: str, event: str, sample: Sample) -> NewMail:
    """A mail of this template as it would be sent to somebody made up.

    Raises:
        WordsMissing: the template has no words.
    """
    facts = example_facts(event, sample)
    to = Addressee(address="yoyaku@localhost", language=sample.words.language)
    told = Event(event_id=NOBODY, kind=event, facts={})
    return fill_template(template, to=to, event=told, words=sample.words, facts=facts)


def example_facts(event: str, sample: Sample) -> dict[str, str]:
    """Every fact that the words of an event may name, of somebody made up."""
    if event.startswith(OF_BOOKINGS):
        booking = example_booking(sample, state=_STATES.get(event, "confirmed"))
        site, words = sample.site, sample.words
        return mail_facts(site=site, booking=booking, event=_happened(sample), words=words, url=sample.url)
    if event.startswith(OF_LOTTERIES):
        return _of_lottery(event, sample)
    return _of_registration(sample)


_STATES: Final = {
    "booking_made": "tentative",
    "booking_cancelled": "cancelled",
    "booking_lapsed": "lapsed",
    "booking_revoked": "revoked",
}


def _say(sample: Sample, name: str) -> str:
    return sample.words.say(f"example.{name}")


def _happened(sample: Sample) -> dict[str, Any]:
    """What an outbox row would tell, of every kind at once."""
    day = (sample.now + timedelta(days=IN_DAYS)).date().isoformat()
    due = sample.now + timedelta(days=DUE_IN_DAYS)
    stages = sample.rules.registration.stages
    validity = sample.rules.registration.validity
    place = _place(sample)
    return {
        "refund_yen": YEN - FEW_YEN, "kept_yen": FEW_YEN, "amount_yen": YEN, "total_yen": YEN, "owing_yen": YEN,
        "reason": _say(sample, "reason"), "why": _say(sample, "reason"), "granted": True,
        "collection_number": "0000000001", "number": _number(sample), "numbers": [_number(sample)],
        "account_shown": _say(sample, "account"), "collect_on": day, "last_day": day, "state": "active",
        "facility": place.facility.name, "space": place.space.name, "due_at": due.isoformat(), "pay_by": due.isoformat(),
        "login_id": _say(sample, "login_id"), "email": "yoyaku@localhost", "group_name": _say(sample, "group"),
        "to": stages[-1].code if stages else "", "validity": validity[0].code if validity else "",
        "ways": [{"name": one.name, "due_at": due.isoformat()} for one in sample.rules.payment.methods[:2]],
        "lapses": True, "papers": [one.code for one in sample.rules.registration.papers],
    }  # fmt: skip


def _number(sample: Sample) -> str:
    return f"{sample.now.astimezone(sample.site.zone):%Y}-000001"


def _place(sample: Sample) -> PlacedSpace:
    """The first space that can be booked, else the first there is."""
    inventory = sample.rules.inventory
    ids = [f"{one.code}.{space.code}" for one in inventory.facilities.values() if one.bookable for space in one.spaces]
    return inventory.space(ids[0])


def _request(sample: Sample) -> tuple[BookingRequest, Period]:
    """Two hours of a morning, or one night, in a month."""
    place, zone = _place(sample), sample.site.zone
    day = (sample.now.astimezone(zone) + timedelta(days=IN_DAYS)).date()
    if place.by_night:
        starts = datetime.combine(day, time(15), zone)
        request = BookingRequest(facility=place.facility.code, space=place.space.code, use_on=day, nights=1)
        return request, Period(starts, starts + timedelta(hours=19))
    starts = datetime.combine(day, time(9), zone)
    times = {"starts": "09:00", "ends": "11:00"}
    request = BookingRequest(facility=place.facility.code, space=place.space.code, use_on=day, **times)  # type: ignore[arg-type]  # texts
    return request, Period(starts, starts + timedelta(hours=2))


def example_booking(sample: Sample, *, state: str = "confirmed") -> BookingView:
    """A booking of somebody made up, of the first space that can be booked."""
    place, due = _place(sample), sample.now + timedelta(days=DUE_IN_DAYS)
    request, period = _request(sample)
    ended = state not in {"tentative", "confirmed"}
    person = Contact(
        registrant_id=NOBODY, name=_say(sample, "name"), kana="", phone=None, email=None, language=sample.words.language
    )
    method = sample.rules.payment.methods[0].code if sample.rules.payment.methods else "cash"
    return BookingView(
        booking_id=NOBODY, application_id=NOBODY, number=_number(sample), state=state,  # type: ignore[arg-type]  # one of ours
        facility_id=place.facility.code, space_id=place.space_id, facility_name=place.facility.name,
        space_name=place.space.name, request=request, period=period, channel="web", made_at=sample.now,
        tentative_since=sample.now, lapses_at=due if state == "tentative" else None, confirmed_at=None,
        ended_at=sample.now if ended else None, end_reason=None, grounds=None, total_yen=YEN, lines=(),
        dues=(PaymentDue(method=method, name="", due_at=due, collect_on=due.date()),), paid_yen=0, paid_by=frozenset(),
        kept_yen=FEW_YEN if ended else None, refund_yen=YEN - FEW_YEN if ended else None, bans_same_slot=False,
        facts={}, person=None, contact=person, rule_set_version=sample.rules.version,
        inventory_version=sample.rules.inventory_version, trace=(),
    )  # fmt: skip


def _of_registration(sample: Sample) -> dict[str, str]:
    site, words, event = sample.site, sample.words, _happened(sample)
    terms = sample.rules.registration
    facts = registration_facts(site=site, terms=terms, row=_life(sample), event=event, words=words, url=sample.url)
    facts |= debit_facts(event, words)
    facts |= arrears_facts(event, site=site, words=words)
    return {**facts, "link": f"{sample.url}/mail/verify?token=…", "hours": str(HOURS)}


def _life(sample: Sample) -> LifeRow:
    terms = sample.rules.registration
    return LifeRow(
        registrant_id=NOBODY, kind="individual", name=_say(sample, "name"), user_class=terms.classes[0].code,
        residency=None, stage=terms.stages[-1].code if terms.stages else "", facts={}, email="yoyaku@localhost",
        language=sample.words.language, email_wanted=None, email_wanted_until=None, mail_verified_at=None,
        stage_since=sample.now, expiries={}, registered_at=sample.now, active_on=None, anonymised_at=None,
        zone=sample.site.zone,
    )  # fmt: skip


def _of_lottery(event: str, sample: Sample) -> dict[str, str]:
    telling = Telling(site=sample.site, rules=sample.rules, url=sample.url, real_now=sample.now)
    story = Story(
        lottery=_lottery(sample),
        name=_say(sample, "name"),
        entries=[_entry(sample)],
        bookings=[example_booking(sample)],
    )
    kind = event if sample.words.maybe(f"mail.lottery_next.{event}") is not None else "lottery_entered"
    told = Event(event_id=NOBODY, kind=kind, facts={"why": _say(sample, "reason")})
    return lottery_facts(story, telling=telling, event=told, words=sample.words)


def _lottery(sample: Sample) -> LotteryRow:
    request, _ = _request(sample)
    first = request.use_on.replace(day=1)
    moments = [sample.now + timedelta(days=days) for days in (1, 5, 6, 7, 12)]
    names: dict[str, Any] = dict(
        zip(("opens_at", "closes_at", "draws_at", "announces_at", "releases_at"), moments, strict=True)
    )
    found = schemes(sample.rules)
    nothing: dict[str, Any] = dict.fromkeys(_UNTOLD)
    return LotteryRow(
        lottery_id=NOBODY, scheme=found[0].code if found else "", period_starts=first,
        period_ends=(first + timedelta(days=31)).replace(day=1), rule_set_version=sample.rules.version,
        inventory_version=sample.rules.inventory_version, state="open", secret=b"", secret_hash="", beacon="",
        **names, **nothing,
    )  # fmt: skip


_UNTOLD: Final = (
    "beacon_profile", "public_source", "public_reference", "public_value", "public_proof", "public_value_at",
    "applicants", "entries", "sealed_at", "sealed_hash", "drawn_at", "seed", "result_hash", "announced_at",
    "released_at",
)  # fmt: skip


def _entry(sample: Sample) -> EntryView:
    request, period = _request(sample)
    place = _place(sample)
    use = EntryUse(
        facility_name=place.facility.name, space_name=place.space.name, use_on=request.use_on, period=period, bands=(),
        yen=YEN,
    )  # fmt: skip
    return EntryView(
        entry_id=NOBODY, lottery_id=NOBODY, applicant_id=NOBODY, registrant_id=NOBODY, receipt="ABCD-EFGH-JKLM",
        rank=1, state="waiting", requests=(request,), uses=(use,), total_yen=YEN, wants="", channel="web",
        entered_by=None, entered_at=sample.now, withdrawn_at=None, accepted_terms=(), decided=None,
        accept_until=sample.now + timedelta(days=DUE_IN_DAYS), decided_at=None, application_id=None, trace=(),
    )  # fmt: skip

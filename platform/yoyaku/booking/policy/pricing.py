"""What a use costs, by the facts of its case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from yoyaku.booking.policy.case import Act, Case, open_case
from yoyaku.booking.policy.form import take_form
from yoyaku.booking.policy.guests import check_guests
from yoyaku.booking.policy.values import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Use, minute_of_day
from yoyaku.fee.policy import Priced, Quote, quote_fee
from yoyaku.rules.values import Basis


def quote_booking(
    rules: ServiceRules,
    *,
    request: BookingRequest,
    act: Act,
    made_at: datetime | None = None,
    relief: str | None = None,
) -> Quote:
    """The price alone, whoever may book it and whenever; with a ``relief`` as if it were granted.

    Raises:
        Refusal: there is no such place or time.
        NotPriced: the rules have no price for it.
    """
    case, use = open_case(rules, request=request, act=act, made_at=made_at, relief=relief)
    check_guests(case, request, use, required=False)
    take_form(case, request.form, required=False)
    return price(case, use, request)


def price(case: Case, use: Use, request: BookingRequest) -> Quote:
    """What the use costs."""
    rules = case.rules
    made = rules.civil_date(case.made_at)
    dates: Mapping[Basis, date] = {"used": use.use_on, "made": made, "applied": made}
    nights = [rules.day_facts(use.use_on + timedelta(days=night)) for night in range(use.nights)]
    guests = request.guests if len(request.guests) == use.nights else ()
    priced = Priced(
        use=use,
        facts=case.facts,
        dates=dates,
        surfaces=request.surfaces,
        nights=nights,
        guests=guests or [{} for _ in nights],
        equipment=request.equipment,
        lent={code: (minute_of_day(starts), minute_of_day(ends)) for code, (starts, ends) in request.lent.items()},
        unused=[(minute_of_day(starts), minute_of_day(ends)) for starts, ends in request.unused],
        relief=case.relief,
    )
    quote = quote_fee(rules.fee_rules, priced)
    case.facts["paid"] = "free" if quote.total_yen == 0 else "unpaid"
    return quote

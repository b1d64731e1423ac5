"""One use of an entry: whether it is offered, drawn in the lottery, and within what an entry may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from yoyaku.booking.policy import BookingRequest, TooManyPeople, TooManySurfaces, claims_of
from yoyaku.booking.policy.case import Act, Case, open_case
from yoyaku.booking.policy.decide import candidate_of
from yoyaku.booking.policy.form import take_form
from yoyaku.booking.policy.guests import check_activity, check_guests, check_surfaces, take_equipment
from yoyaku.booking.policy.pricing import price
from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import Claim, NotBookable, TooLong, Use, find_shortage
from yoyaku.facility.terms import NightTimetable
from yoyaku.lottery.policy.cover import Cover, lies_within
from yoyaku.lottery.policy.entry_values import EntryPart
from yoyaku.lottery.policy.refusals import EntryNotCovered, PartsCollide, PreferenceForFirstOnly
from yoyaku.lottery.terms import EntryTerms
from yoyaku.rules.condition import matches


def decide_part(  # where it stands among the wishes counts too
    rules: ServiceRules, *, cover: Cover, act: Act, wish: BookingRequest, rank: int, check_form: bool
) -> EntryPart:
    """The use as it would be entered, at this ``rank`` of the wishes.

    Raises:
        Refusal: it is not offered, not drawn in this lottery, or more than one entry may be.
    """
    case, use = open_case(rules, request=wish, act=act)
    case.facts["arose"] = "lottery"
    _check_covered(case, use, cover)
    terms = cover.scheme.entry
    wish = _first_only(case, use, wish, terms=terms, rank=rank)
    check_surfaces(case, wish)
    check_activity(case, wish)
    check_guests(case, wish, use, required=check_form)
    form = take_form(case, wish.form, required=check_form and terms.asks_form)
    wish = take_equipment(case, wish, use)
    _check_most(case, use, wish, terms)
    quote = price(case, use, wish)
    candidate = candidate_of(case, use, wish)
    return EntryPart(
        request=replace(wish, form=form),
        placed=case.placed,
        period=use.period,
        use_on=use.use_on,
        bands=use.bands,
        claims=claims_of(rules, candidate, buffer_minutes=use.buffer_minutes),
        quote=quote,
        facts=case.facts,
        trace=(*case.trace, *quote.trace),
    )


def _check_covered(case: Case, use: Use, cover: Cover) -> None:
    scheme, month = cover.scheme, cover.month
    space = case.placed.space
    if case.act.actor == "resident" and not space.online:
        raise NotBookable(facility=case.placed.facility.code, space=space.code, trace=case.ended_by(space, None))
    within = lies_within(month, use_on=use.use_on, nights=use.nights)
    if not within or not matches(scheme.when, case.facts):
        raise EntryNotCovered(
            name=scheme.name,
            first=month.starts,
            last=month.ends - timedelta(days=1),
            trace=case.ended_by(scheme, "not covered"),
        )


def _first_only(case: Case, use: Use, wish: BookingRequest, *, terms: EntryTerms, rank: int) -> BookingRequest:
    """The wish as it is asked for at its rank: what only the first may wish for is, below, not wished for."""
    if rank == 1 or not terms.preferences_for_first_only or not isinstance(use.timetable, NightTimetable):
        return wish
    if any(wish.preferences.values()):
        raise PreferenceForFirstOnly(trace=case.ended_by(terms, rank))
    return replace(wish, preferences={one.code: False for one in use.timetable.preferences})


def _check_most(case: Case, use: Use, wish: BookingRequest, terms: EntryTerms) -> None:
    """The lengths and numbers that one use in an entry may have; every line of the rules that holds counts."""
    people = case.facts.get("people")
    for most in terms.most:
        if not matches(most.when, case.facts):
            continue
        if most.minutes is not None and use.nights == 0 and use.minutes > most.minutes:
            raise TooLong(maximum=most.minutes, unit="minutes", trace=case.ended_by(most, use.minutes))
        if most.nights is not None and use.nights > most.nights:
            raise TooLong(maximum=most.nights, unit="nights", trace=case.ended_by(most, use.nights))
        if most.surfaces is not None and wish.surfaces > most.surfaces:
            raise TooManySurfaces(maximum=most.surfaces, trace=case.ended_by(most, wish.surfaces))
        if most.people is not None and isinstance(people, int) and people > most.people:
            raise TooManyPeople(maximum=most.people, people=people, trace=case.ended_by(most, people))
        case.note(most, "within")


def check_together(rules: ServiceRules, part: EntryPart, before: Sequence[EntryPart]) -> None:
    """Let pass a use that can take place beside those before it in its set; else the set could never win.

    Raises:
        PartsCollide: it cannot.
    """
    taken = [claim for other in before for claim in other.claims]
    if find_shortage(rules, part.claims, taken) is None:
        return
    clash = next(
        place for place in range(len(before)) if find_shortage(rules, part.claims, _up_to(before, place)) is not None
    )
    raise PartsCollide(first=clash + 1, second=len(before) + 1, trace=part.trace)


def _up_to(parts: Sequence[EntryPart], place: int) -> list[Claim]:
    return [claim for other in parts[: place + 1] for claim in other.claims]

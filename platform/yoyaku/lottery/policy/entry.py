"""Whether an entry may be made: its uses, their lengths and numbers, beside the entries that are there already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yoyaku.booking.policy import Person
from yoyaku.booking.policy.case import Act
from yoyaku.booking.rules import ServiceRules
from yoyaku.booking.terms import Actor
from yoyaku.lottery.policy.cover import Cover
from yoyaku.lottery.policy.entrant import Entrant, check_entrant
from yoyaku.lottery.policy.entry_part import check_together, decide_part
from yoyaku.lottery.policy.entry_values import EntryPart, EntryPlan, EntryRequest, HeldEntry, HeldPart
from yoyaku.lottery.policy.refusals import (
    AnotherFacility,
    EntryEmpty,
    EntryOverlapsOwn,
    PreferenceForFirstOnly,
    SetAcrossFacilities,
    TooManyEntries,
    TooManyParts,
)
from yoyaku.lottery.policy.wants import format_wants, wants_of
from yoyaku.lottery.rules import Month, Times, is_ordered
from yoyaku.lottery.terms import EntryTerms, LotteryScheme
from yoyaku.rules.refusal import Refusal
from yoyaku.rules.trace import Plain, Trace

__all__ = ["EntryPart", "EntryPlan", "EntryRequest", "HeldEntry", "HeldPart", "check_ranks", "decide_entry"]


def decide_entry(  # noqa: PLR0913 - who asks, by which way, when, for what, beside what: facts of their own
    rules: ServiceRules,
    *,
    scheme: LotteryScheme,
    month: Month,
    times: Times,
    request: EntryRequest,
    rank: int | None,
    person: Person | None,
    channel: str,
    actor: Actor,
    held: Sequence[HeldEntry],
    now: datetime,
    check_form: bool = True,
) -> EntryPlan:
    """The entry as it would be made now.

    Args:
        rules: of the service, in the version that counts.
        scheme: the lottery's.
        month: that it draws.
        times: of the lottery, as they were announced.
        request: what is wished for.
        rank: its place among the wishes, those from there on move down by one; ``None``, or one beyond, is the last.
        person: whose entry it is.
        channel: code of the channel.
        actor: who types.
        held: the entries of that person in this lottery that stand.
        now: business time, aware. That it is early or late within the window plays no part.
        check_form: false while the form is still to be filled in; what it lacks is then passed over.

    Raises:
        Refusal: with the clauses, the refusing one last; ``item`` is the place of the use that is refused, if one is.
    """
    cover = Cover(scheme, month, times)
    act = Act(person=person, channel=channel, actor=actor, now=now)
    entrant = check_entrant(rules, cover=cover, act=act)
    place = len(held) + 1 if rank is None else max(1, min(rank, len(held) + 1))
    _check_counts(rules, scheme, request, held=held, entrant=entrant)
    _check_facilities(rules, scheme, request, held=held, entrant=entrant)
    parts: list[EntryPart] = []
    for item, wish in enumerate(request.parts):
        try:
            part = decide_part(rules, cover=cover, act=act, wish=wish, rank=place, check_form=check_form)
            check_together(rules, part, parts)
        except Refusal as refusal:
            refusal.facts["item"] = item
            raise
        parts.append(part)
    _check_own(rules, scheme, parts, held=held, rank=place, entrant=entrant)
    claims = [claim for part in parts for claim in part.claims]
    return EntryPlan(
        rank=place,
        parts=tuple(parts),
        wants=format_wants(wants_of(claims, rules.inventory.buckets)),
        total_yen=sum(part.quote.total_yen for part in parts),
        tier=entrant.tier,
        tickets=entrant.tickets,
        facts=entrant.facts,
        trace=(*entrant.trace, *(use for part in parts for use in part.trace)),
    )


def check_ranks(rules: ServiceRules, *, scheme: LotteryScheme, ordered: Sequence[HeldEntry]) -> None:
    """Let pass an order of the entries in which only the first has a wish on arrival, where the rules say so.

    Raises:
        PreferenceForFirstOnly: another has one.
    """
    if scheme.entry.preferences_for_first_only and any(entry.wishes for entry in ordered[1:]):
        raise PreferenceForFirstOnly(trace=(rules.cite(scheme.entry, facts={}, outcome="first only"),))


def check_room(rules: ServiceRules, terms: EntryTerms, entrant: Entrant, *, used: int) -> None:
    """Let pass whoever may have one more entry beside those that stand.

    Raises:
        TooManyEntries: there are as many as there may be.
    """
    if used >= terms.at_most:
        raise TooManyEntries(cap=terms.at_most, used=used, trace=_ended(rules, terms, entrant, used + 1))


def _check_counts(
    rules: ServiceRules, scheme: LotteryScheme, request: EntryRequest, *, held: Sequence[HeldEntry], entrant: Entrant
) -> None:
    terms = scheme.entry
    if not request.parts:
        raise EntryEmpty(trace=entrant.trace)
    if len(request.parts) > terms.parts_at_most:
        raise TooManyParts(maximum=terms.parts_at_most, trace=_ended(rules, terms, entrant, len(request.parts)))
    check_room(rules, terms, entrant, used=len(held))


def _check_facilities(
    rules: ServiceRules, scheme: LotteryScheme, request: EntryRequest, *, held: Sequence[HeldEntry], entrant: Entrant
) -> None:
    terms = scheme.entry
    here = {part.facility for part in request.parts}
    if terms.one_facility != "none" and len(here) > 1:
        raise SetAcrossFacilities(facilities=sorted(here), trace=_ended(rules, terms, entrant, len(here)))
    others = {code for entry in held for code in entry.facilities} - here
    if terms.one_facility == "applicant" and others:
        first = min(others)
        name = rules.inventory.facility(first).name
        raise AnotherFacility(facility=first, name=name, trace=_ended(rules, terms, entrant, first))


def _check_own(  # beside which entries, at which place among them
    rules: ServiceRules,
    scheme: LotteryScheme,
    parts: Sequence[EntryPart],
    *,
    held: Sequence[HeldEntry],
    rank: int,
    entrant: Entrant,
) -> None:
    terms = scheme.entry
    if terms.preferences_for_first_only and rank == 1 and any(entry.wishes for entry in held):
        raise PreferenceForFirstOnly(trace=_ended(rules, terms, entrant, "first only"))
    if terms.own_overlap == "allowed":
        return
    for entry in held:
        if any(part.period.overlaps(other.period) for part in parts for other in entry.parts):
            trace = _ended(rules, terms, entrant, entry.rank)
            raise EntryOverlapsOwn(rank=entry.rank, ordered=is_ordered(scheme), trace=trace)


def _ended(rules: ServiceRules, terms: EntryTerms, entrant: Entrant, outcome: Plain) -> Trace:
    return (*entrant.trace, rules.cite(terms, facts=entrant.facts, outcome=outcome))

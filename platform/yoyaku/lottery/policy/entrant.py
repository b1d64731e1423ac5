"""Who may enter a lottery, by which way, and when; and how their chances are weighed."""

from __future__ import annotations

from dataclasses import dataclass

from yoyaku.booking.policy import ChannelNotOpen, NotRegistered
from yoyaku.booking.policy.case import Act
from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.policy.cover import Cover
from yoyaku.lottery.policy.refusals import EntryNotOpen, MailNotVerifiedForLottery, NotEligible, StageMayNotEnter
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.registration.policy.mail import may_enter_lottery
from yoyaku.rules.condition import Facts, Value, matches
from yoyaku.rules.trace import ClauseUse, Plain, Trace
from yoyaku.rules.values import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """Somebody who may enter: the facts by which it was decided, the tier and tickets they give, and the clauses."""

    facts: Facts
    tier: int
    tickets: int
    trace: Trace


def check_entrant(rules: ServiceRules, *, cover: Cover, act: Act) -> Entrant:
    """Let pass somebody who may enter a lottery now, whatever the entry.

    Raises:
        EntryNotOpen: too early or too late.
        ChannelNotOpen: it is not entered this way.
        NotRegistered: nobody is known whose entry it would be.
        StageMayNotEnter, MailNotVerifiedForLottery: the registration is not so far.
        NotEligible: the rules let others enter.
    """
    scheme = cover.scheme
    facts = _user_facts(cover, act)
    trace = (rules.cite(scheme, facts=facts, outcome=cover.month.starts.isoformat()),)
    check_open(rules, cover=cover, act=act)
    if act.channel not in scheme.channels:
        others = list(scheme.channels)
        raise ChannelNotOpen(channel=act.channel, other_channels=others, trace=trace)
    if act.person is None:
        raise NotRegistered(trace=trace)
    _check_registration(rules, facts, trace)
    met = _check_requirements(rules, scheme, facts, trace)
    tier, tickets, weighed = _weigh(rules, scheme, facts)
    return Entrant(facts=facts, tier=tier, tickets=tickets, trace=(*met, *weighed))


def check_open(rules: ServiceRules, *, cover: Cover, act: Act) -> None:
    """Let pass while entries are taken: from ``opens_at`` on and before ``closes_at``.

    Raises:
        EntryNotOpen: with the lottery's moments.
    """
    times, now = cover.times, act.now
    if times.opens_at <= now < times.closes_at:
        return
    raise not_open(rules, cover=cover, act=act)


def not_open(rules: ServiceRules, *, cover: Cover, act: Act, starting: bool = False) -> EntryNotOpen:
    """The refusal of somebody who comes too early or too late, or (``starting``) in the moment of the opening."""
    times = cover.times
    early = act.now < times.opens_at
    outcome = "starting" if starting else "not yet" if early else "over"
    return EntryNotOpen(
        name=cover.scheme.name,
        opens_at=times.opens_at,
        closes_at=times.closes_at,
        releases_at=times.releases_at,
        allowed_from=times.opens_at if early else None,
        starting=starting,
        trace=(rules.cite(cover.scheme, facts=_user_facts(cover, act), outcome=outcome),),
    )


def _user_facts(cover: Cover, act: Act) -> dict[str, Value]:
    person: Facts = {} if act.person is None else act.person.facts
    return {**person, "channel": act.channel, "actor": act.actor, "use_month": cover.month.starts.month}


def _check_registration(rules: ServiceRules, facts: Facts, trace: Trace) -> None:
    """The stage and the address of mail, of which one is named that keeps somebody out."""
    terms = rules.registration
    if may_enter_lottery(terms, facts):
        return

    def ended(clause: Clause, outcome: Plain) -> tuple[ClauseUse, ...]:
        return (*trace, rules.cite(clause, facts=facts, outcome=outcome))

    with_mail = {**facts, "has_mail": True, "mail_verified": True}
    if may_enter_lottery(terms, with_mail):
        missing = facts.get("has_mail") is False
        raise MailNotVerifiedForLottery(
            missing=missing, trace=ended(terms.mail, "no mail" if missing else "not verified")
        )
    stage = rules.stages[str(facts.get("registration"))]
    raise StageMayNotEnter(
        stage=stage.code, name=stage.name, next_step=stage.next_step, trace=ended(stage, "may not enter")
    )


def _check_requirements(rules: ServiceRules, scheme: LotteryScheme, facts: Facts, trace: Trace) -> Trace:
    for need in scheme.requires:
        if not matches(need.when, facts):
            continue
        met = matches(need.need, facts)
        inputs = {name: facts.get(name) for name in (*need.when, *need.need)}
        cited = rules.cite(need, facts=facts, outcome="met" if met else "not met")
        trace = (*trace, ClauseUse(path=cited.path, reference=cited.reference, inputs=inputs, outcome=cited.outcome))
        if not met:
            raise NotEligible(requirement=need.code, words=need.words, next_step=need.next_step, trace=trace)
    return trace


def _weigh(rules: ServiceRules, scheme: LotteryScheme, facts: Facts) -> tuple[int, int, Trace]:
    """Tier and tickets by the first entry of each list that holds."""
    tier = next((one for one in scheme.draw.tiers if matches(one.when, facts)), None)
    tickets = next((one for one in scheme.draw.tickets if matches(one.when, facts)), None)
    cited = []
    if tier is not None:
        cited.append(rules.cite(tier, facts=facts, outcome=tier.tier))
    if tickets is not None:
        cited.append(rules.cite(tickets, facts=facts, outcome=tickets.tickets))
    return 0 if tier is None else tier.tier, 1 if tickets is None else tickets.tickets, tuple(cited)

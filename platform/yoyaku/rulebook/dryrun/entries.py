"""Entries of lotteries, and wins that wait, under two rule sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from yoyaku.booking.rules import ServiceRules
from yoyaku.facility.policy import locate_use
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.kept import keep_error
from yoyaku.lottery.policy.entry import EntryPlan, EntryRequest, decide_entry
from yoyaku.lottery.policy.entry_values import HeldEntry, HeldPart
from yoyaku.lottery.policy.refusals import LotteryNotFound
from yoyaku.lottery.policy.wins import accept_until
from yoyaku.lottery.rules import scheme_of
from yoyaku.rulebook.dryrun.values import EntrySubject, Finding
from yoyaku.rules.trace import ClauseUse, Trace

WIN: Final = "win"
"""Among due dates by way to pay: until when a win is to be accepted."""


def compare_entry(
    old: ServiceRules, new: ServiceRules, subject: EntrySubject, beside: Sequence[EntrySubject] = ()
) -> list[Finding]:
    """What the draft would decide otherwise: whether it may be entered, what the use would cost, until when a win stands.

    ``beside`` are the person's entries into the same lottery that were made before it: how many there may be counts them.
    """
    return list(_compare(old, new, subject, beside))


def _compare(
    old: ServiceRules, new: ServiceRules, subject: EntrySubject, beside: Sequence[EntrySubject]
) -> Iterator[Finding]:
    before, after = _decide(old, subject, beside), _decide(new, subject, beside)
    if isinstance(before, YoyakuError):
        return
    if isinstance(after, YoyakuError):
        trace: Trace = getattr(after, "trace", ())
        clause = trace[-1] if trace else ClauseUse(path="")
        told = keep_error(after)
        yield Finding(
            kind="validity", path=clause.path, reference=clause.reference, becomes=told, breaks=subject.promised
        )
        return
    if before.total_yen != after.total_yen:
        clause = _changed(before, after)
        yield Finding(
            kind="price",
            path=clause.path,
            reference=clause.reference,
            was={"yen": before.total_yen},
            becomes={"yen": after.total_yen},
            change_yen=after.total_yen - before.total_yen,
        )
    yield from _until(old, new, subject)


def _until(old: ServiceRules, new: ServiceRules, subject: EntrySubject) -> Iterator[Finding]:
    """Until when a win must be accepted, counted from when it was to be told."""
    schemes = [(rules, scheme_of(rules, subject.scheme)) for rules in (old, new)]
    was, becomes = (
        None
        if scheme is None
        else accept_until(rules, scheme, month=subject.month, announced_at=subject.times.announces_at)
        for rules, scheme in schemes
    )
    if was != becomes and (scheme := schemes[1][1]) is not None:
        clause = new.cite(scheme.win, facts={}, outcome=_iso(becomes) or "")
        yield Finding(
            kind="due",
            path=clause.path,
            reference=clause.reference,
            was={"due": {WIN: _iso(was)}},
            becomes={"due": {WIN: _iso(becomes)}},
        )


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _decide(rules: ServiceRules, subject: EntrySubject, beside: Sequence[EntrySubject]) -> EntryPlan | YoyakuError:
    """The entry as it would be made beside those of the same person that were there."""
    scheme = scheme_of(rules, subject.scheme)
    if scheme is None:
        return LotteryNotFound(scheme=subject.scheme)
    entered_by = {channel.code: channel.entered_by for channel in rules.booking.channels}
    try:
        return decide_entry(
            rules,
            scheme=scheme,
            month=subject.month,
            times=subject.times,
            request=EntryRequest(parts=subject.parts),
            rank=None,
            person=subject.person,
            channel=subject.channel,
            actor=entered_by.get(subject.channel, "resident"),
            held=[_held(rules, one, rank) for rank, one in enumerate(beside, start=1)],
            now=subject.made_at,
            check_form=False,
        )
    except YoyakuError as refusal:
        return refusal


def _held(rules: ServiceRules, entry: EntrySubject, rank: int) -> HeldEntry:
    """An entry that is there; a use of it that is offered no more has no time that could be in the way."""
    parts = []
    for part in entry.parts:
        with suppress(YoyakuError):
            period = locate_use(rules, part.wish, entry.made_at).period
            parts.append(HeldPart(space_id=part.space_id, period=period))
    return HeldEntry(
        entry_id=entry.head.subject_id,
        rank=rank,
        facilities=frozenset(part.facility for part in entry.parts),
        parts=tuple(parts),
        wishes=any(value for part in entry.parts for value in part.preferences.values()),
    )


def _changed(before: EntryPlan, after: EntryPlan) -> ClauseUse:
    known = {(one.path, str(one.outcome)) for part in before.parts for one in part.quote.trace}
    fresh = (one for part in after.parts for one in part.quote.trace if (one.path, str(one.outcome)) not in known)
    return next(fresh, ClauseUse(path=""))

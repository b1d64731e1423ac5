"""Entries of lotteries, and wins that wait, under two rule sets."""

from __future__ import annotations

from collections.abc import Iterator

from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.kept import keep_error
from yoyaku.lottery.policy.entry import EntryPlan, EntryRequest, decide_entry
from yoyaku.lottery.policy.refusals import LotteryNotFound
from yoyaku.lottery.rules import scheme_of
from yoyaku.rulebook.dryrun.values import EntrySubject, Finding
from yoyaku.rules.trace import ClauseUse, Trace


def compare_entry(old: ServiceRules, new: ServiceRules, subject: EntrySubject) -> list[Finding]:
    """What the draft would decide otherwise: whether it may be entered, what the use would cost."""
    return list(_compare(old, new, subject))


def _compare(old: ServiceRules, new: ServiceRules, subject: EntrySubject) -> Iterator[Finding]:
    before, after = _decide(old, subject), _decide(new, subject)
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


def _decide(rules: ServiceRules, subject: EntrySubject) -> EntryPlan | YoyakuError:
    """The entry as it would be made alone; counts of entries were held when it was made."""
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
            held=(),
            now=subject.made_at,
            check_form=False,
        )
    except YoyakuError as refusal:
        return refusal


def _changed(before: EntryPlan, after: EntryPlan) -> ClauseUse:
    known = {(one.path, str(one.outcome)) for part in before.parts for one in part.quote.trace}
    fresh = (one for part in after.parts for one in part.quote.trace if (one.path, str(one.outcome)) not in known)
    return next(fresh, ClauseUse(path=""))

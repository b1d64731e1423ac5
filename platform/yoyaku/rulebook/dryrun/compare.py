"""Two rule sets beside each other over what is there: what would be decided otherwise, and by which clause."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from yoyaku.booking.policy import BookingPlan, HeldBooking, ScheduleRow
from yoyaku.booking.policy.again import Again, Right, decide_again, rights_to_change
from yoyaku.booking.rules import ServiceRules
from yoyaku.fee.policy import NotPriced
from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.kept import keep_error
from yoyaku.rulebook.dryrun.entries import compare_entry
from yoyaku.rulebook.dryrun.parts import EVERYTHING, differing, limits_differ, same_ground
from yoyaku.rulebook.dryrun.schedules import CHANNEL, Schedules, on_day
from yoyaku.rulebook.dryrun.values import EntrySubject, Finding, FindingKind, Subject
from yoyaku.rules.trace import ClauseUse, Trace

NO_CLAUSE = ClauseUse(path="")
Pair = tuple[Schedules, Schedules]


class Comparison:
    """A draft beside one version of the rules, over the same facilities, as of one instant (aware, business time).

    Each booking is decided as of the day it was made by both; what is told is where they differ, so that a booking that
    neither would take today is no finding.
    """

    def __init__(self, old: ServiceRules, new: ServiceRules, *, now: datetime) -> None:
        self._old, self._new, self._now = old, new, now
        self._same_ground = same_ground(old, new)
        self._differing: dict[str, frozenset[FindingKind]] = {}
        self._schedules: Pair = (Schedules(old, now), Schedules(new, now))
        self._at_counter: Pair = (Schedules(old, now, actor="clerk"), Schedules(new, now, actor="clerk"))
        self._alike: dict[Hashable, list[Finding]] = {}

    @property
    def old(self) -> ServiceRules:
        """The version that is kept."""
        return self._old

    def differing(self, space_id: str) -> frozenset[FindingKind]:
        """What can come out otherwise at a space at all."""
        if space_id not in self._differing:
            known = space_id in self._old.inventory.spaces and space_id in self._new.inventory.spaces
            same = self._same_ground and known
            self._differing[space_id] = differing(self._old, self._new, space_id) if same else EVERYTHING
        return self._differing[space_id]

    def findings(self, subject: Subject, beside: Sequence[HeldBooking] = ()) -> list[Finding]:
        """What the draft would decide otherwise about a booking; ``beside`` are the person's bookings made before it."""
        space_id = subject.booked.request.space_id
        kinds = self.differing(space_id)
        if not kinds:
            return []
        found = list(self._made(subject, kinds, beside)) if kinds & {"validity", "state", "price", "due"} else []
        standing = not subject.over and space_id in self._new.inventory.spaces
        if standing and kinds & {"refund", "cancel"}:
            found += self._cancelling_once(subject)
        if standing and "change" in kinds:
            found += self._changing(subject)
        return found

    def entry_findings(self, subject: EntrySubject, beside: Sequence[EntrySubject] = ()) -> list[Finding]:
        """What the draft would decide otherwise about an entry; ``beside``: the person's before it in the same lottery."""
        if self._same_ground and self._old.lotteries == self._new.lotteries and self._old.fees == self._new.fees:
            return []
        return compare_entry(self._old, self._new, subject, beside)

    def _made(
        self, subject: Subject, kinds: frozenset[FindingKind], beside: Sequence[HeldBooking]
    ) -> Iterator[Finding]:
        space_id = subject.booked.request.space_id
        counted = beside if limits_differ(self._old, self._new, space_id) or not self._same_ground else None
        new = decide_again(self._new, subject.booked, beside=counted)
        if new.refusal is None and new.unanswered is None and not kinds & {"price", "state", "due"}:
            return
        old = decide_again(self._old, subject.booked, beside=counted)
        refusal = _fresh_refusal(old, new)
        if refusal is not None and not subject.over:
            before = () if old.plan is None else old.plan.trace
            yield refused(refusal, refusing_clause(before, refusal), breaks=subject.promised)
        if old.plan is None or new.plan is None:
            return
        yield from self._planned(subject, old.plan, new.plan)

    def _planned(self, subject: Subject, old: BookingPlan, new: BookingPlan) -> Iterator[Finding]:
        if old.quote.total_yen != new.quote.total_yen:
            clause = changed_clause(old.quote.trace, new.quote.trace)
            yield priced(old.quote.total_yen, new.quote.total_yen, clause)
        if subject.booked.state == "tentative" and old.state != new.state:
            clause = changed_clause(old.trace, new.trace, below="booking.lifecycle")
            yield _finding("state", clause, was={"state": old.state}, becomes={"state": new.state})
        was, becomes = _moments(old, subject), _moments(new, subject)
        if subject.unpaid and was != becomes:
            trace_before, trace_after = (*old.trace,), (*new.trace,)
            below = "payment" if was.get("") == becomes.get("") else "booking.lifecycle"
            clause = changed_clause(trace_before, trace_after, below=below)
            yield _finding("due", clause, was={"due": was}, becomes={"due": becomes})

    def _cancelling_once(self, subject: Subject) -> list[Finding]:
        """What cancelling would give otherwise, worked out once for bookings that are alike in all it can follow from."""
        key = tuple(one.key(subject.booked) for one in self._schedules)
        if key not in self._alike:
            self._alike[key] = list(self._cancelling(subject, self._schedules)) or self._given_back_at_counter(subject)
        return self._alike[key]

    def _given_back_at_counter(self, subject: Subject) -> list[Finding]:
        """What a clerk's cancelling would give back otherwise, where a resident's would not: what was paid in cash."""
        if not subject.booked.paid_yen:
            return []
        found = [one for one in self._cancelling(subject, self._at_counter) if one.kind == "refund"]
        return [replace(one, was={**one.was, "by": "clerk"}, becomes={**one.becomes, "by": "clerk"}) for one in found]

    def _cancelling(self, subject: Subject, schedules: Pair) -> Iterator[Finding]:
        booked = subject.booked
        try:
            before, after = (one.of(booked) for one in schedules)
        except YoyakuError as fault:
            yield refused(fault, refusing_clause((), fault), kind="cancel")
            return
        if _told(before) == _told(after):
            return
        days = sorted({day for row in (*before, *after) for day in (row.from_date, row.to_date + timedelta(days=1))})
        pairs = [(day, on_day(before, day), on_day(after, day)) for day in days]
        yen = {day: old.kept_yen - new.kept_yen for day, old, new in pairs if old is not None and new is not None}
        most = max(yen, key=lambda day: abs(yen[day]), default=None)
        if most is not None and yen[most]:
            today = self._new.civil_date(self._now)
            clause = schedules[1].clause_on(booked, most) or NO_CLAUSE
            change = (yen[most], yen.get(today, 0))
            yield _refund(subject, clause, before, after, day=most, change=change)
        lost = next(
            (day for day, old, new in pairs if (old is None) != (new is None) or _until(old) != _until(new)), None
        )
        if lost is not None:
            yield self._right(subject, before, after, day=lost)

    def _right(
        self, subject: Subject, before: Sequence[ScheduleRow], after: Sequence[ScheduleRow], *, day: date
    ) -> Finding:
        """Until when it can be cancelled."""
        clause = self._schedules[1].clause_on(subject.booked, day) or NO_CLAUSE
        total = subject.booked.total_yen
        return _finding("cancel", clause, was={"rows": _rows(before, total)}, becomes={"rows": _rows(after, total)})

    def _changing(self, subject: Subject) -> Iterator[Finding]:
        rights = [rights_to_change(rules, subject.booked, channel=CHANNEL, now=self._now) for rules in self._both]
        before, after = ({kind: right.until for kind, right in one.items()} for one in rights)
        if before == after:
            return
        kind = next(one for one in (*after, *before) if before.get(one, ...) != after.get(one, ...))
        right: Right = rights[1].get(kind) or rights[0][kind]
        yield _finding("change", right.clause, was={"until": _iso(before)}, becomes={"until": _iso(after)})

    @property
    def _both(self) -> tuple[ServiceRules, ServiceRules]:
        return self._old, self._new


def _refund(  # of what, by which clause, how it is and would be, on which day by how much
    subject: Subject,
    clause: ClauseUse,
    before: Sequence[ScheduleRow],
    after: Sequence[ScheduleRow],
    *,
    day: date,
    change: tuple[int, int],
) -> Finding:
    """What goes back: by how much more on the day on which that differs most, and today."""
    total = subject.booked.total_yen
    return Finding(
        kind="refund",
        path=clause.path,
        reference=clause.reference,
        was={"on": day.isoformat(), "rows": _rows(before, total)},
        becomes={"on": day.isoformat(), "rows": _rows(after, total)},
        change_yen=change[0],
        today_yen=change[1],
    )


def _fresh_refusal(old: Again, new: Again) -> YoyakuError | None:
    """Why only the draft refuses a booking; what both refuse, it would have been kept from in any case."""
    if new.refusal is not None:
        return new.refusal if old.refusal is None else None
    return new.unanswered if old.unanswered is None else None


def refused(
    refusal: YoyakuError, clause: ClauseUse, *, breaks: bool = False, kind: FindingKind = "validity"
) -> Finding:
    """That the draft would refuse it, with the clause that does."""
    return Finding(kind=kind, path=clause.path, reference=clause.reference, becomes=keep_error(refusal), breaks=breaks)


def refusing_clause(old: Trace, refusal: YoyakuError) -> ClauseUse:
    """The clause that refuses; where none does (a window, a price that is gone), the one that let it pass before."""
    trace: Trace = getattr(refusal, "trace", ())
    if isinstance(refusal, NotPriced):
        return changed_clause(old, trace, below="fees")
    if not trace:
        return NO_CLAUSE
    known = {(one.path, str(one.outcome)) for one in old}
    last = trace[-1]
    return changed_clause(old, trace) if (last.path, str(last.outcome)) in known else last


def priced(old_yen: int, new_yen: int, clause: ClauseUse) -> Finding:
    """That it would cost something else."""
    return Finding(
        kind="price",
        path=clause.path,
        reference=clause.reference,
        was={"yen": old_yen},
        becomes={"yen": new_yen},
        change_yen=new_yen - old_yen,
    )


def changed_clause(old: Trace, new: Trace, *, below: str = "") -> ClauseUse:
    """The first clause of the draft that gave what none gave before; else the first of before that gives no more."""
    told, tells = ({(one.path, str(one.outcome)) for one in trace} for trace in (old, new))
    fresh = (one for one in new if one.path.startswith(below) and (one.path, str(one.outcome)) not in told)
    gone = (one for one in old if one.path.startswith(below) and (one.path, str(one.outcome)) not in tells)
    return next(fresh, None) or next(gone, None) or NO_CLAUSE


def _finding(kind: FindingKind, clause: ClauseUse, *, was: dict[str, Any], becomes: dict[str, Any]) -> Finding:
    return Finding(kind=kind, path=clause.path, reference=clause.reference, was=was, becomes=becomes)


def _moments(plan: BookingPlan, subject: Subject) -> dict[str, str | None]:
    """Until when it is to be paid, by method; by none (``""``): until when it stands unconfirmed."""
    found = {due.method: None if due.due_at is None else due.due_at.isoformat() for due in plan.payment}
    if subject.booked.state == "tentative" and not subject.over:
        found[""] = None if plan.lapses_at is None else plan.lapses_at.isoformat()
    return found


def _told(rows: Sequence[ScheduleRow]) -> list[tuple[object, ...]]:
    return [(row.from_date, row.to_date, row.kept_yen, row.until) for row in rows]


def _until(row: ScheduleRow | None) -> datetime | None:
    return None if row is None else row.until


def _rows(rows: Sequence[ScheduleRow], total_yen: int) -> list[dict[str, Any]]:
    return [
        {
            "from": row.from_date.isoformat(),
            "to": row.to_date.isoformat(),
            "yen": total_yen - row.kept_yen,
            "until": None if row.until is None else row.until.isoformat(),
        }
        for row in rows
    ]


def _iso(until: dict[Any, datetime | None]) -> dict[str, str | None]:
    return {kind: None if at is None else at.isoformat() for kind, at in until.items()}

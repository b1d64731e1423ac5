"""A win: until when it is accepted, what may be done with it now, and which moments its bookings hang on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yoyaku.booking.rules import ServiceRules
from yoyaku.lottery.policy.win_refusals import NotWon, WinAccepted, WinDeclined, WinLapsed, WinRevoked, WinStands
from yoyaku.lottery.rules import Month, win_moment
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.rules.values import Anchor


def accept_until(
    rules: ServiceRules, scheme: LotteryScheme, *, month: Month, announced_at: datetime
) -> datetime | None:
    """The instant before which a win must be accepted; ``None`` where it is a booking by itself, or never lapses."""
    until = scheme.win.until
    if scheme.win.accept == "automatic" or until is None:
        return None
    return win_moment(rules, until, month=month, announced_at=announced_at)


def remind_at(rules: ServiceRules, scheme: LotteryScheme, *, month: Month, announced_at: datetime) -> datetime | None:
    """When winners who have not answered are reminded."""
    remind = scheme.win.remind
    if scheme.win.accept == "automatic" or remind is None:
        return None
    return win_moment(rules, remind, month=month, announced_at=announced_at)


def win_anchors(
    *, drawn_at: datetime, announced_at: datetime, accepted_at: datetime, automatic: bool
) -> Mapping[Anchor, datetime]:
    """The moments that dues, lapses and cancellation of its bookings may hang on.

    What nobody has to accept is tentative since the announcement, however late a worker wrote it.
    """
    anchors: dict[Anchor, datetime] = {"drawn": drawn_at, "announced": announced_at, "won": announced_at}
    if automatic:
        return {**anchors, "accepted": announced_at, "tentative_since": announced_at}
    return {**anchors, "accepted": accepted_at}


def check_open(
    *, state: str | None, until: datetime | None, decided_at: datetime | None, releases_at: datetime, now: datetime
) -> None:
    """Let pass a win that waits for its winner's answer.

    Args:
        state: of the win; ``None``: the entry did not win, or nobody may know yet.
        until: the instant before which it must be accepted.
        decided_at: when it was accepted, declined, revoked or lapsed.
        releases_at: from when what is free of the lottery is first come.
        now: business time.

    Raises:
        NotWon, WinDeclined, WinRevoked, WinAccepted, WinLapsed: it does not.
    """
    if state is None:
        raise NotWon
    if state == "declined":
        raise WinDeclined(declined_at=decided_at)
    if state == "revoked":
        raise WinRevoked(revoked_at=decided_at)
    if state == "accepted":
        raise WinAccepted
    if state == "lapsed" or (until is not None and now >= until):
        raise WinLapsed(accept_until=until, releases_at=releases_at)


def check_declinable(rules: ServiceRules, scheme: LotteryScheme) -> None:
    """Let pass where wins may be given back.

    Raises:
        WinStands: they may not.
    """
    if not scheme.win.decline:
        trace = (rules.cite(scheme.win, facts={"scheme": scheme.code}, outcome="not declined"),)
        raise WinStands(name=scheme.name, trace=trace)

"""Examples that speak of lotteries: their days, an entry, the answer to a win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from yoyaku.booking.policy import Arisen, BookingRequest, Person, decide_won
from yoyaku.facility.policy import locate_use
from yoyaku.lottery.policy.cover import Cover, covering_scheme
from yoyaku.lottery.policy.entry import decide_entry
from yoyaku.lottery.policy.entry_values import EntryPlan, EntryRequest, HeldEntry, HeldPart
from yoyaku.lottery.policy.refusals import EntryNotCovered
from yoyaku.lottery.policy.wins import accept_until, check_declinable, check_open, win_anchors
from yoyaku.lottery.rules import month_of, scheme_of, times_of
from yoyaku.rulebook.scene import Decision, ExampleIncomplete, Scene, to_instant, to_request
from yoyaku.rulebook.terms import ExampleUse, GivenEntry
from yoyaku.rules.trace import ClauseUse


def read_days(scene: Scene) -> Decision:
    """The days of one lottery, and whether it takes entries now."""
    cover = _cover(scene)
    times = cover.times
    until = accept_until(scene.rules, cover.scheme, month=cover.month, announced_at=times.announces_at)
    found = {
        "outcome": "allowed",
        "is_open": times.opens_at <= scene.now < times.closes_at,
        "opens_at": times.opens_at,
        "closes_at": times.closes_at,
        "draws_at": times.draws_at,
        "announces_at": times.announces_at,
        "accept_until": until,
        "releases_at": times.releases_at,
    }
    return Decision(found, (scene.rules.cite(cover.scheme, facts={}, outcome=cover.month.starts.isoformat()),))


def enter(scene: Scene) -> Decision:
    """An entry that is made now, beside those of the same person that are there."""
    act = scene.example.when
    mine = [entry for entry in scene.example.given.lottery_entries if entry.by == "self"]
    plan = plan_entry(
        scene,
        [act, *act.also],
        person=scene.person,
        held=held_entries(scene, mine),
        rank=act.rank,
        now=scene.now,
        form=True,
    )
    return Decision({"outcome": "allowed", "rank": plan.rank, "total_yen": plan.total_yen}, plan.trace)


def accept(scene: Scene) -> Decision:
    """The answer to a win: the bookings that it becomes. What nobody has to accept becomes them by itself."""
    entry, cover = _won(scene)
    automatic = cover.scheme.win.accept == "automatic"
    anchors = win_anchors(
        drawn_at=cover.times.draws_at,
        announced_at=_announced_at(scene, entry, cover),
        accepted_at=scene.now,
        automatic=automatic,
    )
    act = replace(scene.act, actor="system") if automatic else scene.act
    arisen = Arisen(entry_id=entry.id, anchors=anchors)
    plans = [decide_won(scene.rules, request=to_request(use), act=act, arisen=arisen) for use in [entry, *entry.also]]
    first = plans[0]
    found = {
        "outcome": "allowed",
        "accept_until": _accept_until(scene, entry, cover),
        "state": first.state,
        "lapses_at": first.lapses_at,
        "due": {due.method: due.due_at for due in first.payment if due.due_at is not None},
        "total_yen": sum(plan.quote.total_yen for plan in plans),
    }
    return Decision(found, (_cite_win(scene, cover, "accepted"), *(use for plan in plans for use in plan.trace)))


def decline(scene: Scene) -> Decision:
    """A win given back."""
    entry, cover = _won(scene)
    check_declinable(scene.rules, cover.scheme)
    found = {"outcome": "allowed", "accept_until": _accept_until(scene, entry, cover)}
    return Decision(found, (_cite_win(scene, cover, "declined"),))


def _won(scene: Scene) -> tuple[GivenEntry, Cover]:
    """The given entry that the act is about, which has won and waits for an answer."""
    name = scene.example.when.entry
    entry = next((each for each in scene.example.given.lottery_entries if each.id == name), None)
    if entry is None:
        raise ExampleIncomplete(missing="entry")
    cover = cover_of(scene, to_request(entry))
    known = entry.state not in {"waiting", "lost"} and scene.now >= _announced_at(scene, entry, cover)
    check_open(
        state=entry.state if known else None,
        until=_accept_until(scene, entry, cover),
        decided_at=None,
        releases_at=cover.times.releases_at,
        now=scene.now,
    )
    return entry, cover


def _accept_until(scene: Scene, entry: GivenEntry, cover: Cover) -> datetime | None:
    announced_at = _announced_at(scene, entry, cover)
    return accept_until(scene.rules, cover.scheme, month=cover.month, announced_at=announced_at)


def _announced_at(scene: Scene, entry: GivenEntry, cover: Cover) -> datetime:
    """When the result was told: as given, else as the rules say."""
    told = entry.announced
    return cover.times.announces_at if told is None else to_instant(told, scene.rules.zone)


def _cite_win(scene: Scene, cover: Cover, outcome: str) -> ClauseUse:
    return scene.rules.cite(cover.scheme.win, facts={}, outcome=outcome)


def plan_entry(  # noqa: PLR0913 - who, what, beside what, when: facts of their own
    scene: Scene,
    uses: Sequence[ExampleUse],
    *,
    person: Person | None,
    held: Sequence[HeldEntry],
    rank: int | None,
    now: datetime,
    form: bool,
) -> EntryPlan:
    """The uses of one entry as they would be entered; ``form``: its questions must be answered.

    Raises:
        Refusal: they cannot be.
    """
    parts = tuple(to_request(use) for use in uses)
    cover = cover_of(scene, parts[0])
    return decide_entry(
        scene.rules,
        scheme=cover.scheme,
        month=cover.month,
        times=cover.times,
        request=EntryRequest(parts=parts),
        rank=rank,
        person=person,
        channel=scene.channel,
        actor=scene.actor,
        held=held,
        now=now,
        check_form=form,
    )


def held_entries(scene: Scene, entries: Sequence[GivenEntry]) -> list[HeldEntry]:
    """Entries of one person, in the order of their wishes, as the policy sees those that are there."""
    return [
        HeldEntry(
            entry_id=entry.id,
            rank=rank,
            facilities=frozenset(use.facility for use in [entry, *entry.also] if use.facility is not None),
            parts=tuple(_held_part(scene, to_request(use)) for use in [entry, *entry.also]),
            wishes=any(value for use in [entry, *entry.also] for value in use.preference.values()),
        )
        for rank, entry in enumerate(entries, 1)
    ]


def _held_part(scene: Scene, request: BookingRequest) -> HeldPart:
    return HeldPart(space_id=request.space_id, period=locate_use(scene.rules, request.wish, scene.now).period)


def _cover(scene: Scene) -> Cover:
    """The lottery that the act names: by scheme and month, or by place and day."""
    act = scene.example.when
    if act.scheme is None or act.month is None:
        return cover_of(scene, to_request(act))
    scheme = scheme_of(scene.rules, act.scheme)
    if scheme is None:
        raise ExampleIncomplete(missing="scheme")
    month = month_of(date.fromisoformat(f"{act.month}-01"))
    return Cover(scheme, month, times_of(scene.rules, scheme, month))


def cover_of(scene: Scene, request: BookingRequest) -> Cover:
    """The lottery that draws a place on a day.

    Raises:
        EntryNotCovered: none does.
    """
    cover = covering_scheme(scene.rules, space_id=request.space_id, use_on=request.use_on, now=scene.now)
    if cover is None:
        raise EntryNotCovered
    return cover

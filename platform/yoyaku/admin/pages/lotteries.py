"""Lotteries as the staff who see or run them find them: life, what is stuck, counts, files, the value typed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, crumbs, may, read_form, ways
from yoyaku.admin.service.audit import note_act
from yoyaku.booking.pages.here import Here
from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.lottery.policy.stuck import told
from yoyaku.lottery.rules import is_ordered, scheme_of
from yoyaku.lottery.service.overview import (
    Batch,
    Details,
    Overview,
    Standing,
    Wanted,
    read_all,
    read_file,
    read_one,
    read_planning,
)
from yoyaku.lottery.service.publishing import publish_value
from yoyaku.registration.policy.roles import Permission
from yoyaku.ui.formats import JAPAN

HOME: Final = "/counter/lotteries"
REFRESH_SECONDS: Final = 10
NEXT: Final = {"open": "seal", "sealed": "draw", "drawn": "announce", "announced": "release"}
"""What comes next, by the state of a lottery."""
FILES: Final = {"sealed": "jsonl", "result": "jsonl", "signature": "json"}


@get(HOME)
async def show_lotteries(here: NamedDependency[Here]) -> Response[Any]:
    """Every lottery with what is due next and what is stuck."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    at_desk(here, Permission.LOTTERIES)
    rules = await here.rules()
    found = sorted(await read_all(here.conn, visit=here.visit), key=_by_urgency)
    shown = here.page.show(
        "admin/lotteries.html",
        lotteries=[(one, named(here, rules, one.lottery)) for one in found],
        planning=await read_planning(here.conn, visit=here.visit),
        may_run=may(here, Permission.RUN_LOTTERIES),
        ways=ways(here),
        crumbs=crumbs(here, (here.words.say("lottery_admin.title"), None)),
    )
    return _refreshed(shown, found)


def _by_urgency(one: Overview) -> tuple[bool, int, int]:
    """What is in trouble first, then what is under way, then what is only planned, each by month; what is over last."""
    lottery, month = one.lottery, one.lottery.period_starts.toordinal()
    stage = {"planned": 1, "released": 2}.get(lottery.state, 0)
    return not (one.troubles or lottery.stuck), stage, -month if lottery.state == "released" else month


@get(HOME + "/{lottery_id:uuid}")
async def show_lottery(here: NamedDependency[Here], lottery_id: FromPath[UUID]) -> Response[Any]:
    """One lottery."""
    at_desk(here, Permission.LOTTERIES)
    return await _lottery_page(here, lottery_id)


@post(HOME + "/{lottery_id:uuid}/value", status_code=303)
async def keep_value(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Publish the value that was typed in, for good."""
    at_desk(here, Permission.RUN_LOTTERIES)
    form = await read_form(request)
    errors = {} if form.get("sure") else {"sure": _unsaid(here, "lottery_admin.value_sure")}
    if not form.get("source"):
        errors["source"] = here.words.say("form.missing", label=here.words.say("lottery_admin.value_source"))
    if errors:
        return await _lottery_page(here, lottery_id, form=form, errors=errors)
    try:
        counted = await publish_value(
            here.conn,
            lottery_id=lottery_id,
            value=form.get("value", ""),
            again=form.get("again", ""),
            source=form["source"],
            now=here.visit.now,
        )
    except NotFound:
        raise
    except YoyakuError as refusal:
        field = "again" if refusal.code == "lottery_values_differ" else "value"
        return await _lottery_page(here, lottery_id, form=form, errors={field: here.words.sentence(refusal)})
    facts = {"value": counted, "source": form["source"]}
    await note_act(here.conn, visit=here.visit, act="lottery_value_published", subject=of(lottery_id), facts=facts)
    return here.page.go(f"{HOME}/{lottery_id}", flash="lottery_value_published")


@get(HOME + "/{lottery_id:uuid}/files/{name:str}")
async def send_file(here: NamedDependency[Here], lottery_id: FromPath[UUID], name: FromPath[str]) -> Response[Any]:
    """A file, before the announcement too; that it was read early is written down.

    Raises:
        NotFound: there is none of that name.
    """
    at_desk(here, Permission.LOTTERY_FILES)
    found = await read_one(here.conn, visit=here.visit, lottery_id=lottery_id)
    content = await read_file(here.conn, lottery_id=lottery_id, name=name)
    if found.overview.lottery.announced_at is None:
        facts = {"file": name}
        await note_act(here.conn, visit=here.visit, act="lottery_file_read", subject=of(lottery_id), facts=facts)
    lottery = found.overview.lottery
    file = f"{lottery.scheme}-{lottery.period_starts:%Y-%m}-{name}.{FILES[name]}"
    headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
    return Response(content, media_type="application/octet-stream", headers=headers)


def of(lottery_id: UUID) -> tuple[str, str]:
    """A lottery as the record of acts names it."""
    return "lottery", str(lottery_id)


def _unsaid(here: Here, key: str) -> str:
    return here.words.say("form.missing", label=here.words.say(key))


def _refreshed(shown: Response[Any], found: list[Overview]) -> Response[Any]:
    """A page that comes anew while something runs, without a script too."""
    if any(one.running for one in found):
        shown.headers["refresh"] = str(REFRESH_SECONDS)
    return shown


def named(here: Here, rules: ServiceRules, lottery: Standing) -> str:
    """What a lottery is called: its scheme's name, as the rules in force have it."""
    scheme = scheme_of(rules, lottery.scheme)
    return here.words.text(scheme.name) if scheme else lottery.scheme


def _rank(rules: ServiceRules, lottery: Standing) -> str:
    """The words that number an entry: a wish where the draw goes by their order."""
    return "lottery.rank" if is_ordered(scheme_of(rules, lottery.scheme)) else "lottery.rank_any"


async def _lottery_page(
    here: Here, lottery_id: UUID, *, form: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Response[Any]:
    found = await read_one(here.conn, visit=here.visit, lottery_id=lottery_id)
    lottery = found.overview.lottery
    rules = await here.rules_for.pinned(version=lottery.rule_set_version, inventory_version=lottery.inventory_version)
    name, rank = named(here, rules, lottery), _rank(rules, lottery)
    shown = here.page.show(
        "admin/lottery.html",
        status=422 if errors else 200,
        found=found,
        one=found.overview,
        name=name,
        wanted=[_use(here, rules, one) for one in found.wanted],
        stuck=[(one, here.words.say(rank, rank=one.rank), here.words.sentence(told(one.why))) for one in found.stuck],
        history=[(one, batch_facts(here, one.facts)) for one in found.history],
        may_run=may(here, Permission.RUN_LOTTERIES),
        may_read=may(here, Permission.LOTTERY_FILES),
        revertible=_revertible(found),
        previews=_previews(found),
        again=_again(found),
        form=form or {},
        errors=errors or {},
        ways=[],
        crumbs=lottery_crumbs(here, name),
    )
    return _refreshed(shown, [found.overview])


def lottery_crumbs(here: Here, *steps: str, path: str | None = None) -> list[Any]:
    """The way to a lottery, or (``path`` being the lottery's) to a page of it."""
    first = (here.words.say("lottery_admin.title"), HOME)
    between = [(label, path) for label in steps[:-1]]
    return crumbs(here, first, *between, (steps[-1], None))


def _revertible(found: Details) -> frozenset[UUID]:
    """The latest batch of each kind that staff may take back: a draw until it is announced, what was released, lapses."""
    state = found.overview.lottery.state
    fits = {"draw": state == "drawn", "release": state == "released", "lapse": True}
    return frozenset(
        one.batch_id for one in _latest(found).values() if one.reverted_at is None and fits.get(one.kind, False)
    )


def _again(found: Details) -> str | None:
    """A draw or a release that was taken back and not done again."""
    state = found.overview.lottery.state
    fits = {"draw": state == "sealed", "release": state == "announced"}
    taken_back = [one.kind for one in _latest(found).values() if one.reverted_at is not None]
    return next((kind for kind in taken_back if fits.get(kind, False)), None)


def _latest(found: Details) -> dict[str, Batch]:
    latest: dict[str, Batch] = {}
    for one in found.history:
        latest.setdefault(one.kind, one)
    return latest


def _previews(found: Details) -> list[str]:
    """What can be looked at before it is done: the next step, and the lapse of wins that nobody accepted."""
    ahead = NEXT.get(found.overview.lottery.state)
    return [*([ahead] if ahead else []), *(["lapse"] if found.wins.get("won") else [])]


def batch_facts(here: Here, counted: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a batch does, in words: the facts that there are words for."""
    known = ((name, value) for name, value in counted.items() if value is not None)  # nobody is counted before the draw
    said = ((here.words.maybe(f"lottery_admin.fact.{name}"), value) for name, value in known)
    return [(label, f"{value:,}" if isinstance(value, int) else str(value)) for label, value in said if label]


def _use(here: Here, rules: ServiceRules, one: Wanted) -> tuple[str, str, int]:
    """A use that is wanted: where, when, by how many entries."""
    placed = rules.inventory.spaces.get(one.space_id)
    where = one.space_id
    if placed is not None:
        where = f"{here.words.text(placed.facility.name)} {here.words.text(placed.space.name)}"
    day = here.words.fact(one.use_on)
    if one.nights:
        return where, day, one.entries
    starts, ends = (at.astimezone(JAPAN) for at in (one.starts_at, one.ends_at))
    return where, f"{day} {starts:%-H:%M}〜{ends:%-H:%M}", one.entries


ROUTES: Final = [show_lotteries, show_lottery, keep_value, send_file]

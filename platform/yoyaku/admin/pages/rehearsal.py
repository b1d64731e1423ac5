"""Rehearsing a lottery at the counter: other rules beside those in force. What is shown is kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from yoyaku.admin.pages.desk import at_desk, crumbs, read_form
from yoyaku.admin.pages.lotteries import HOME
from yoyaku.booking.pages.here import Here, read_number
from yoyaku.booking.rules import ServiceRules
from yoyaku.extension.registry import draw_plugins
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.policy.rehearsal import MOST_APPLICANTS, MOST_DRAWS, MOST_WISHES, SKEWS, Measured, Rate
from yoyaku.lottery.rules import scheme_of, schemes
from yoyaku.lottery.service.rehearsal import Invented, Rehearsal, RehearsalRequest, last_closed, rehearse
from yoyaku.lottery.terms import LotteryScheme
from yoyaku.registration.policy.roles import Permission

PATH: Final = f"{HOME}/rehearsal"
SHAPES: Final = ("rounds", "per_slot")
NUMBERS: Final[Mapping[str, tuple[str, int, int]]] = {
    "entries_at_most": ("lottery_admin.entries_at_most", 1, MOST_WISHES),
    "wins_at_most": ("lottery_admin.wins_at_most", 1, MOST_WISHES),
    "applicants": ("lottery_admin.rehearsal_applicants", 1, MOST_APPLICANTS),
    "wishes": ("lottery_admin.rehearsal_wishes", 1, MOST_WISHES),
    "draws": ("lottery_admin.draws", 1, MOST_DRAWS),
    "number": ("lottery_admin.rehearsal_number", 0, 999_999_999),
}
"""The fields that take a number: what they are called, the least and the most."""
MAY_BE_EMPTY: Final = frozenset({"wins_at_most"})


@get(PATH)
async def show_rehearsal(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """What can be tried, filled in with the rules in force."""
    at_desk(here, Permission.RUN_LOTTERIES)
    rules = await here.rules()
    offered = schemes(rules)
    code = request.query_params.get("scheme", "")
    scheme = scheme_of(rules, code) or next(iter(offered), None)
    return await _page(here, rules, scheme, form={} if scheme is None else await _as_in_force(here, scheme))


@post(PATH, status_code=200)
async def run_rehearsal(here: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """What both rules would give."""
    at_desk(here, Permission.RUN_LOTTERIES)
    rules, form = await here.rules(), await read_form(request)
    scheme = scheme_of(rules, form.get("scheme", "")) or next(iter(schemes(rules)), None)
    numbers, errors = _read(here, form)
    if form.get("algorithm") not in _algorithms():
        errors["algorithm"] = here.words.say("form.choose_one", label=here.words.say("lottery_admin.algorithm"))
    if errors:
        return await _page(here, rules, scheme, form=form, errors=errors)
    try:
        found = await rehearse(here.conn, visit=here.visit, rules=rules, request=_asked(form, numbers))
    except YoyakuError as refusal:
        return await _page(here, rules, scheme, form=form, errors={"source": here.words.sentence(refusal)})
    return await _page(here, rules, scheme, form=form, found=found)


def _algorithms() -> tuple[str, ...]:
    return (*SHAPES, *draw_plugins())


def _read(here: Here, form: Mapping[str, str]) -> tuple[dict[str, int | None], dict[str, str]]:
    """The numbers that were typed, and what is wrong with them; those of made up entries only where these are used."""
    numbers: dict[str, int | None] = {}
    errors: dict[str, str] = {}
    for name, (key, least, most) in NUMBERS.items():
        if name in ("applicants", "wishes") and form.get("source") != "synthetic":
            continue
        typed, label = form.get(name, ""), here.words.say(key)
        numbers[name] = value = read_number(typed)
        if not typed and name in MAY_BE_EMPTY:
            continue
        if value is None:
            errors[name] = here.words.say("form.not_a_number", label=label)
        elif value < least:
            errors[name] = here.words.say("form.too_small", label=label, minimum=least)
        elif value > most:
            errors[name] = here.words.say("form.too_large", label=label, maximum=f"{most:,}")
    return numbers, errors


def _asked(form: Mapping[str, str], numbers: Mapping[str, int | None]) -> RehearsalRequest:
    invented = None
    if form.get("source") == "synthetic":
        skew = form.get("skew", "")
        invented = Invented(
            applicants=numbers["applicants"] or 1,
            wishes=numbers["wishes"] or 1,
            skew=skew if skew in SKEWS else "some",
        )
    return RehearsalRequest(
        scheme=form.get("scheme", ""),
        invented=invented,
        algorithm=form["algorithm"],
        wins_at_most=numbers["wins_at_most"],
        entries_at_most=numbers["entries_at_most"] or 1,
        tiers=bool(form.get("tiers")),
        tickets=bool(form.get("tickets")),
        number=numbers["number"] or 0,
        draws=numbers["draws"] or 1,
    )


async def _as_in_force(here: Here, scheme: LotteryScheme) -> dict[str, str]:
    closed = await last_closed(here.conn, scheme=scheme.code)
    wins = scheme.draw.wins_at_most
    return {
        "scheme": scheme.code,
        "source": "synthetic" if closed is None else "last",
        "applicants": "1000",
        "wishes": str(min(scheme.entry.at_most, 5)),
        "skew": "some",
        "algorithm": scheme.draw.algorithm,
        "wins_at_most": "" if wins is None else str(wins),
        "entries_at_most": str(scheme.entry.at_most),
        "tiers": "yes" if scheme.draw.tiers else "",
        "tickets": "yes" if scheme.draw.tickets else "",
        "draws": "50",
        "number": "1",
    }


async def _page(  # what the page shows
    here: Here,
    rules: ServiceRules,
    scheme: LotteryScheme | None,
    *,
    form: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    found: Rehearsal | None = None,
) -> Response[Any]:
    words = here.words
    return here.page.show(
        "admin/rehearsal.html",
        status=422 if errors else 200,
        form=form,
        errors=errors or {},
        scheme=scheme,
        schemes=[(one.code, words.text(one.name)) for one in schemes(rules)],
        closed=scheme is not None and await last_closed(here.conn, scheme=scheme.code) is not None,
        algorithms=[(code, words.maybe(f"lottery_admin.algorithm.{code}") or code) for code in _algorithms()],
        sources=[(code, words.say(f"lottery_admin.source.{code}")) for code in ("last", "synthetic")],
        skews=[(code, words.say(f"lottery_admin.skew.{code}")) for code in SKEWS],
        found=found,
        tables=None if found is None else _tables(here, rules, found, is_made_up=form.get("source") == "synthetic"),
        crumbs=crumbs(here, (words.say("lottery_admin.title"), HOME), (words.say("lottery_admin.rehearsal"), None)),
    )


Row = tuple[str, str, str]
"""What is compared; by the rules in force; by those tried."""


def _tables(here: Here, rules: ServiceRules, found: Rehearsal, *, is_made_up: bool) -> list[tuple[str, list[Row]]]:
    words, both = here.words, (found.in_force, found.tried)
    kinds = {kind.code: words.text(kind.name) for kind in rules.registration.classes}
    unused = "lottery_admin.measure.unused" if is_made_up else "lottery_admin.measure.unused_last"
    measured: list[Row] = [
        _row(words.say("lottery_admin.measure.applicants"), [f"{one.everybody.people:,}" for one in both]),
        _row(words.say("lottery_admin.measure.entries"), [f"{one.entries:,}" for one in both]),
        _row(
            words.say("lottery_admin.measure.winning"), [_percent(here, one.everybody.winning_percent) for one in both]
        ),
        _row(words.say("lottery_admin.measure.first"), [_percent(here, one.everybody.first_percent) for one in both]),
        _row(words.say(unused), [_percent(here, one.unused_percent) for one in both]),
    ]
    none = words.say("lottery_admin.class_unknown")
    return [
        (words.say("lottery_admin.result"), measured),
        (
            words.say("lottery_admin.by_wishes"),
            _rates(here, both, "by_wishes", lambda code: words.say("lottery_admin.wishes", count=code)),
        ),
        (
            words.say("lottery_admin.by_class"),
            _rates(here, both, "by_class", lambda code: kinds.get(code, code) or none),
        ),
        (words.say("lottery_admin.wins_each"), _wins(here, both)),
    ]


def _row(label: str, values: list[str]) -> Row:
    return label, values[0], values[1]


def _percent(here: Here, value: float) -> str:
    return here.words.say("lottery_admin.percent", value=f"{value:.1f}")


def _rates(here: Here, both: tuple[Measured, Measured], name: str, label: Any) -> list[Row]:  # noqa: ANN401
    """The rates of the groups of both, as they are called."""
    sides: list[dict[str, Rate]] = [{rate.group: rate for rate in getattr(one, name)} for one in both]
    groups = sorted({group for side in sides for group in side}, key=lambda one: (len(one), one))
    return [_row(label(group), [_rate(here, side.get(group)) for side in sides]) for group in groups]


def _rate(here: Here, rate: Rate | None) -> str:
    if rate is None:
        return ""
    value = f"{rate.winning_percent:.1f}"
    return here.words.say("lottery_admin.percent_people", value=value, people=f"{rate.people:,}")


def _wins(here: Here, both: tuple[Measured, Measured]) -> list[Row]:
    sides = [dict(one.wins) for one in both]
    words = here.words
    return [
        _row(
            words.say("lottery_admin.wins_count", count=times),
            [words.say("lottery_admin.average_people", value=f"{side.get(times, 0):,.1f}") for side in sides],
        )
        for times in sorted({times for side in sides for times in side})
    ]


ROUTES: Final = [show_rehearsal, run_rehearsal]

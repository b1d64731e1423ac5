"""What anybody can see of lotteries: the list, each with its proof, and what the lists say under a receipt code."""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.status_codes import HTTP_200_OK, HTTP_422_UNPROCESSABLE_ENTITY

from yoyaku.booking.pages.here import Here, need_date
from yoyaku.lottery.pages.public_views import download_of, line_of, name_of, steps_of, wish_lines
from yoyaku.lottery.policy.receipt import ReceiptMalformed, read_receipt
from yoyaku.lottery.repository.public import PublicLottery
from yoyaku.lottery.rules import is_ordered, scheme_of
from yoyaku.lottery.service.results import FoundEntry, find_entries, get_lottery, list_files, list_keys, list_lotteries
from yoyaku.registration.policy.throttle import TooManyAttempts, sources_of
from yoyaku.ui.page import Crumb


async def lottery_at(here: Here, scheme: str, month: str) -> PublicLottery:
    """The lottery of an address.

    Raises:
        NotFound: there is none, or the month is none.
    """
    return await get_lottery(here.conn, scheme=scheme, month=need_date(f"{month}-01"))


def crumbs_to(here: Here, *more: Crumb) -> list[Crumb]:
    """The way to a page below the list of results."""
    return [Crumb(label=here.words.say("lottery_results.title"), path="/lottery/results"), *more]


@get("/lottery/results")
async def show_results(here: NamedDependency[Here]) -> Response[Any]:
    """All lotteries, each with its state and what was published of it."""
    rules = await here.rules()
    lines = [line_of(here, rules, one) for one in await list_lotteries(here.conn)]
    crumbs = [Crumb(label=here.words.say("lottery_results.title"))]
    return here.page.show("lottery/results.html", lines=lines, crumbs=crumbs)


@get("/lottery/results/{scheme:str}/{month:str}")
async def show_result(here: NamedDependency[Here], scheme: FromPath[str], month: FromPath[str]) -> Response[Any]:
    """How one lottery can be checked: what was published when, the files, and how to check them."""
    lottery = await lottery_at(here, scheme, month)
    line = line_of(here, await here.rules(), lottery)
    return here.page.show(
        "lottery/result.html",
        line=line,
        lottery=lottery,
        beacon_words=here.words.maybe(f"lottery_results.beacon.{(lottery.public_source or '').split(' ')[0]}"),
        waits=lottery.waits_for_value(here.visit.now),
        steps=steps_of(lottery, words=here.words, now=here.visit.now),
        files=[download_of(one) for one in await list_files(here.conn, lottery=lottery)],
        keys=await list_keys(here.conn) if lottery.is_announced else [],
        crumbs=crumbs_to(here, Crumb(label=line.name)),
    )


@get("/lottery/check")
async def show_check(here: NamedDependency[Here]) -> Response[Any]:
    """Where one types a receipt code."""
    return _check_page(here, form={"receipt": ""})


@post("/lottery/check", status_code=HTTP_200_OK)
async def do_check(slowed: NamedDependency[Here], request: Request[Any, Any, Any]) -> Response[Any]:
    """What the published lists say under a receipt code: shown at once, since the code stays out of addresses.

    Whoever tries many codes under which nothing stands is slowed.
    """
    here = slowed
    typed = str((await request.form()).get("receipt", "")).strip()
    if not typed:
        return _check_page(
            here, form={"receipt": ""}, errors={"receipt": here.words.say("lottery_results.check_empty")}
        )
    try:
        found = await _find(here, typed)
    except (ReceiptMalformed, TooManyAttempts) as refusal:
        said = {"receipt": here.words.sentence(refusal)}
        shown = _check_page(here, form={"receipt": typed}, errors=said, status=refusal.status)
        if (seconds := refusal.facts.get("retry_after_seconds")) is not None:
            shown.headers["retry-after"] = str(seconds)
        return shown
    rules = await here.rules()
    entries = [
        {
            "name": name_of(rules, one.scheme, one.month_starts, here.words),
            "path": f"/lottery/results/{one.scheme}/{one.month_starts:%Y-%m}",
            "announced": one.announced,
            "ordered": is_ordered(scheme_of(rules, one.scheme)),
            "receipt": one.receipt,
            "wishes": wish_lines(one, rules=rules, words=here.words),
        }
        for one in found
    ]
    return _check_page(here, form={"receipt": typed}, entries=entries)


async def _find(here: Here, typed: str) -> list[FoundEntry]:
    code = read_receipt(typed)
    sources = sources_of(address=here.address, aim=code, purpose="receipt")
    taken = await here.throttle.take(sources, real_now=here.visit.real_now)
    found = await find_entries(here.conn, receipt=code)
    if found:
        await here.throttle.give_back(taken)
    return found


def _check_page(
    here: Here,
    *,
    form: dict[str, str],
    errors: dict[str, str] | None = None,
    entries: list[dict[str, Any]] | None = None,
    status: int = HTTP_422_UNPROCESSABLE_ENTITY,
) -> Response[Any]:
    return here.page.show(
        "lottery/check.html",
        status=status if errors else HTTP_200_OK,
        form=form,
        errors=errors or {},
        found=entries,
        crumbs=crumbs_to(here, Crumb(label=here.words.say("lottery_results.check_title"))),
    )


ROUTES: Final = [show_results, show_result, show_check, do_check]

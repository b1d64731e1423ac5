"""What is done to a whole lottery: looked at before it is done, taken back with a reason, lapsed wins restored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, may, read_form
from yoyaku.admin.pages.lotteries import HOME, batch_facts, lottery_crumbs, named, of
from yoyaku.admin.pages.serving import purpose_asked
from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.lapses import look_at_losers
from yoyaku.booking.pages.here import Here, read_date
from yoyaku.booking.pages.views import request_hours
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import ServiceRules
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.lottery.service.accepting import book_stuck_again
from yoyaku.lottery.service.batches import apply_again, preview, revert
from yoyaku.lottery.service.lapsing import Restored, restore_lapsed
from yoyaku.lottery.service.overview import Batch, Details, read_one
from yoyaku.registration.policy.roles import Permission

ONE: Final = HOME + "/{lottery_id:uuid}"
STEPS: Final = ("seal", "draw", "announce", "release")
LAST_MINUTE: Final = "24:00"


@get(ONE + "/preview/{kind:str}")
async def show_preview(here: NamedDependency[Here], lottery_id: FromPath[UUID], kind: FromPath[str]) -> Response[Any]:
    """What would happen if it were done now.

    Raises:
        NotFound: nothing of that kind is done to lotteries.
    """
    at_desk(here, Permission.LOTTERIES)
    found, rules = await _opened(here, lottery_id)
    facts: list[tuple[str, str]] = []
    losers = None
    if kind == "lapse":
        by_name = may(here, Permission.PEOPLE)
        losers = await look_at_losers(here.conn, visit=here.visit, lottery_id=lottery_id, by_name=by_name)
        facts = [(here.words.say("lottery_admin.fact.wins"), f"{losers.wins:,}")]
    elif kind in STEPS:
        counts = (await preview(here.conn, rules=rules, lottery_id=lottery_id, kind=kind)).counts  # type: ignore[arg-type]
        facts = batch_facts(here, counts)
    else:
        raise NotFound(what="preview")
    name, label = named(here, rules, found.overview.lottery), here.words.say(f"lottery_admin.batch.{kind}")
    return here.page.show(
        "admin/lottery_preview.html",
        kind=kind,
        label=label,
        name=name,
        facts_shown=facts,
        # Wins that were restored lapse once more: the last of its moments is the one that counts.
        step=next((one for one in reversed(found.overview.steps) if one.kind == f"lottery_{kind}"), None),
        losers=None
        if losers is None
        else [(one, [use_words(here, rules, part) for part in one.requests]) for one in losers.shown],
        may_name=may(here, Permission.PEOPLE),
        path=f"{HOME}/{lottery_id}/preview/{kind}",
        **purpose_asked(here),
        crumbs=lottery_crumbs(here, name, label, path=f"{HOME}/{lottery_id}"),
    )


def use_words(here: Here, rules: ServiceRules, request: BookingRequest) -> str:
    """A use in words: where, on which day, when."""
    placed = rules.inventory.spaces.get(f"{request.facility}.{request.space}")
    where = f"{request.facility} {request.space}"
    if placed is not None:
        where = f"{here.words.text(placed.facility.name)} {here.words.text(placed.space.name)}"
    return f"{where}　{here.words.fact(request.use_on)}　{request_hours(rules, request, here.words)}"


@get(ONE + "/batches/{batch_id:uuid}")
async def show_batch(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], batch_id: FromPath[UUID]
) -> Response[Any]:
    """A batch, before it is taken back."""
    at_desk(here, Permission.RUN_LOTTERIES)
    return await _batch_page(here, lottery_id, batch_id)


@post(ONE + "/batches/{batch_id:uuid}", status_code=303)
async def take_back(
    here: NamedDependency[Here],
    lottery_id: FromPath[UUID],
    batch_id: FromPath[UUID],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Take a batch back; everybody concerned is told why."""
    at_desk(here, Permission.RUN_LOTTERIES)
    form = await read_form(request)
    found, rules = await _opened(here, lottery_id)
    batch = _batch(found, batch_id)
    until = _until(rules, form) if batch.kind == "lapse" else None
    errors = _missing(here, form, needs_until=batch.kind == "lapse" and until is None)
    if errors:
        return await _batch_page(here, lottery_id, batch_id, form=form, errors=errors)
    try:
        async with here.conn.begin_nested():  # what was begun goes back, and the page can still be built
            restored = await _undo(here, rules, batch, lottery_id=lottery_id, until=until, why=form["why"])
    except NotFound:
        raise
    except YoyakuError as refusal:
        return await _batch_page(here, lottery_id, batch_id, form=form, errors={"": here.words.sentence(refusal)})
    if restored is not None and restored.gone:
        return await _batch_page(here, lottery_id, batch_id, restored=restored)
    return here.page.go(f"{HOME}/{lottery_id}", flash="lottery_reverted" if restored is None else "lottery_restored")


async def _undo(  # which batch, of which lottery, until when its wins stand again
    here: Here, rules: ServiceRules, batch: Batch, *, lottery_id: UUID, until: datetime | None, why: str
) -> Restored | None:
    """Take a batch back and write down who did and why."""
    visit = replace(here.visit, actor="clerk")  # staff of whatever role: what they may was looked at before
    subject, restored = ("lottery_batch", str(batch.batch_id)), None
    if until is None:
        await revert(here.conn, visit=visit, rules=rules, batch_id=batch.batch_id, why=why)
    else:
        restored = await restore_lapsed(
            here.conn, visit=visit, rules=rules, batch_id=batch.batch_id, accept_until=until, why=why
        )
    act = "lottery_reverted" if restored is None else "lottery_restored"
    facts: dict[str, object] = {"kind": batch.kind, "lottery_id": str(lottery_id)}
    facts |= {} if restored is None else {"restored": len(restored.entry_ids), "gone": len(restored.gone)}
    await note_act(here.conn, visit=visit, act=act, subject=subject, why=why, facts=facts)
    return restored


@post(ONE + "/batches/again", status_code=303)
async def do_again(
    here: NamedDependency[Here], lottery_id: FromPath[UUID], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Let a draw or a release that was taken back be done again, or wins that are stuck be booked."""
    at_desk(here, Permission.RUN_LOTTERIES)
    kind = (await read_form(request)).get("kind", "")
    if kind in ("draw", "release"):
        await apply_again(here.conn, lottery_id=lottery_id, kind=kind)  # type: ignore[arg-type]
    elif kind == "book":
        await book_stuck_again(here.conn, lottery_id=lottery_id)
    if kind in ("draw", "release", "book"):
        await note_act(here.conn, visit=here.visit, act="lottery_again", subject=of(lottery_id), facts={"kind": kind})
    return here.page.go(f"{HOME}/{lottery_id}", flash="lottery_again")


def _missing(here: Here, form: Mapping[str, str], *, needs_until: bool) -> dict[str, str]:
    words, errors = here.words, {}
    if needs_until:
        errors["until"] = words.say("form.not_a_date")
    for name, key in (("why", "lottery_admin.revert_why"), ("sure", "lottery_admin.revert_sure")):
        if not form.get(name):
            errors[name] = words.say("form.missing", label=words.say(key))
    return errors


def _until(rules: ServiceRules, form: Mapping[str, str]) -> datetime | None:
    """The new last moment: a day, and a time of that day (24:00 is its end)."""
    day, at = read_date(form.get("until")), form.get("until_time") or LAST_MINUTE
    if day is None:
        return None
    try:
        minute = 1440 if at == LAST_MINUTE else (clock := time.fromisoformat(at)).hour * 60 + clock.minute
    except ValueError:
        return None
    return rules.instant(day, minute)


async def _opened(here: Here, lottery_id: UUID) -> tuple[Details, ServiceRules]:
    found = await read_one(here.conn, visit=here.visit, lottery_id=lottery_id)
    lottery = found.overview.lottery
    rules = await here.rules_for.pinned(version=lottery.rule_set_version, inventory_version=lottery.inventory_version)
    return found, rules


def _batch(found: Details, batch_id: UUID) -> Batch:
    batch = next((one for one in found.history if one.batch_id == batch_id), None)
    if batch is None:
        raise NotFound(what="batch")
    return batch


async def _batch_page(  # what the page shows
    here: Here,
    lottery_id: UUID,
    batch_id: UUID,
    *,
    form: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    restored: Restored | None = None,
) -> Response[Any]:
    found, rules = await _opened(here, lottery_id)
    batch = _batch(found, batch_id)
    name, label = named(here, rules, found.overview.lottery), here.words.say(f"lottery_admin.batch.{batch.kind}")
    return here.page.show(
        "admin/lottery_batch.html",
        status=422 if errors else 200,
        name=name,
        label=label,
        batch=batch,
        facts_shown=batch_facts(here, batch.facts),
        form=form or {"until_time": LAST_MINUTE},
        errors=errors or {},
        restored=restored,
        path=f"{HOME}/{lottery_id}/batches/{batch_id}",
        back=f"{HOME}/{lottery_id}",
        crumbs=lottery_crumbs(here, name, label, path=f"{HOME}/{lottery_id}"),
    )


ROUTES: Final = [show_preview, show_batch, take_back, do_again]

"""What the counter does besides for somebody who is registered: told to them in their inbox, and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin import repository
from yoyaku.admin.service.looking import PurposeMissing, note
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.kernel.text import fold_for_search
from yoyaku.registration.act import Act
from yoyaku.registration.service.codes import read_second_factor, remove_second_factor
from yoyaku.registration.service.details import Profile, change_details, read_profile
from yoyaku.registration.service.identity import begin_check, begin_checks
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.service.messages import add_message
from yoyaku.registration.service.stages import advance_registration
from yoyaku.ui.wording import default_wording, fill

TEMPLATE: Final = "counter_act"


@dataclass(frozen=True, kw_only=True)
class WhoAsks:
    """What somebody says of themselves who has forgotten their id: all of it must be as it is registered."""

    name: str
    birth_date: date
    address: str


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """The stage at which a clerk puts a registration, and why."""

    stage: str
    why: str


async def say_in_inbox(conn: AsyncConnection, *, act: Act, registrant_id: UUID, done: str) -> None:
    """Let somebody read, in their language, what the counter did for them (``desk.told.<done>``)."""
    profile = await read_profile(conn, registrant_id=registrant_id)
    wording = default_wording(profile.row.language)
    what = wording[f"desk.told.{done}"]
    await add_message(
        conn,
        registrant_id=registrant_id,
        event_id=None,
        template=TEMPLATE,
        subject=what,
        body=fill(wording["desk.told_body"], {"what": what}),
        at=act.now,
    )


async def begin_visit(
    conn: AsyncConnection, *, act: Act, means: IdentityMeans, registrant_id: UUID, step: str, purpose: str
) -> UUID:
    """Begin a check by papers on the counter; returns it, to be decided.

    Raises:
        NotFound, StepUnknown: there is no such person, or no such check for them now.
    """
    begun = await begin_check(conn, act=act, means=means, registrant_id=registrant_id, step_code=step)
    await note(
        conn,
        act=act,
        done="check_begun",
        registrant_id=registrant_id,
        subject=("identity_check", str(begun.check_id)),
        purpose=purpose,
        facts={"step": step},
    )
    return begun.check_id


async def put_at_stage(
    conn: AsyncConnection, *, act: Act, means: IdentityMeans, registrant_id: UUID, to: ByHand, purpose: str
) -> None:
    """Put a registration at a stage that the rules leave to clerks; its owner is told, with the reason.

    Raises:
        NotFound: there is no such registration, or the rules leave no such stage to clerks.
    """
    stage, why = to.stage, to.why
    if stage not in {one.code for one in act.terms.stages if one.by_clerk}:
        raise NotFound(what="stage")
    if await advance_registration(conn, act=act, registrant_id=registrant_id, to_stage=stage, why=why):
        await begin_checks(conn, act=act, means=means, registrant_id=registrant_id)
        facts = {"stage": stage}
        await note(conn, act=act, done="stage_set", registrant_id=registrant_id, purpose=purpose, why=why, facts=facts)


async def correct_details(
    conn: AsyncConnection, *, act: Act, seal: Seal, registrant_id: UUID, answers: Mapping[str, str], purpose: str
) -> list[str]:
    """Write what somebody says of themselves now; returns the fields that changed. The record names no contents.

    Raises:
        NotFound, ApplicationRefused: nothing was changed.
    """
    changed = await change_details(conn, act=act, registrant_id=registrant_id, answers=answers, by="clerk", seal=seal)
    if changed:
        facts = {"fields": changed}
        await note(conn, act=act, done="details_corrected", registrant_id=registrant_id, purpose=purpose, facts=facts)
        await say_in_inbox(conn, act=act, registrant_id=registrant_id, done="details_corrected")
    return changed


async def has_second_factor(conn: AsyncConnection, *, profile: Profile) -> bool:
    """Whether somebody is asked for a second step when they log in."""
    account_id = profile.row.account_id
    return account_id is not None and (await read_second_factor(conn, account_id=account_id)).is_on


async def drop_second_factor(conn: AsyncConnection, *, act: Act, registrant_id: UUID, purpose: str) -> None:
    """Take the second step away from somebody who has lost telephone and recovery codes, and was recognised.

    Raises:
        NotFound: there is no such registration, or it has no account.
    """
    profile = await read_profile(conn, registrant_id=registrant_id)
    if profile.row.account_id is None:
        raise NotFound(what="account")
    await remove_second_factor(conn, account_id=profile.row.account_id)
    await note(conn, act=act, done="second_factor_removed", registrant_id=registrant_id, purpose=purpose)


async def tell_id(conn: AsyncConnection, *, act: Act, asks: WhoAsks, purpose: str | None) -> Profile | None:
    """The registration of somebody whose name, birth date and address all match, at whatever stage; ``None`` otherwise.

    That the id was told is written down and stands in their inbox; of a question that matched nobody no name is kept.

    Raises:
        PurposeMissing: nobody said for what.
    """
    if not purpose:
        raise PurposeMissing
    found = [
        profile
        for registrant_id in await repository.born_on(conn, birth_date=asks.birth_date)
        if _is_theirs(profile := await read_profile(conn, registrant_id=registrant_id), asks)
    ]
    if len(found) != 1 or found[0].row.login_id is None:
        await note(conn, act=act, done="id_not_told", purpose=purpose)
        return None
    registrant_id = found[0].row.registrant_id
    await note(conn, act=act, done="id_told", registrant_id=registrant_id, purpose=purpose)
    await say_in_inbox(conn, act=act, registrant_id=registrant_id, done="id_told")
    return found[0]


def _is_theirs(profile: Profile, asks: WhoAsks) -> bool:
    """Whether name (or a group's representative) and address are the registered ones, in any common writing."""
    names = {fold_for_search(str(text)) for text in (profile.row.name, profile.answers.get("representative")) if text}
    address = fold_for_search(profile.row.address or "")
    return bool(address) and fold_for_search(asks.name) in names and fold_for_search(asks.address) == address

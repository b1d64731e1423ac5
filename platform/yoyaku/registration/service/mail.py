"""Addresses of mail that are verified by a link: asked for, sent again, verified. The old one holds until then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.act import Act
from yoyaku.registration.policy.mail import (
    RESEND_WINDOW,
    MailNothingToVerify,
    MailTaken,
    MailUnchanged,
    check_resend,
    read_address,
    tells_old_address,
)
from yoyaku.registration.repository import events, life, tokens
from yoyaku.registration.repository.life import LifeRow
from yoyaku.registration.service.stages import get_life
from yoyaku.registration.service.tokens import LinkUnknown, Owner, issue_token, look_at_token, use_token


@dataclass(frozen=True, kw_only=True)
class MailState:
    """An address, whether it is verified, and the one that waits: for its link, which is good until ``until``."""

    email: str | None
    verified: bool
    waiting: str | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class VerifiedMail:
    """An address that somebody has shown to be theirs."""

    registrant_id: UUID
    email: str


async def read_mail_state(conn: AsyncConnection, *, registrant_id: UUID) -> MailState:
    """How a registrant's address stands."""
    row = await get_life(conn, registrant_id=registrant_id)
    verified = row.mail_verified_at is not None
    waiting = row.email_wanted if verified else row.email
    return MailState(
        email=row.email, verified=verified, waiting=waiting, until=row.email_wanted_until if waiting else None
    )


async def want_mail(conn: AsyncConnection, *, act: Act, registrant_id: UUID, email: str) -> None:
    """Note an address that is to be verified, and have its link sent; a verified one holds until then and is told.

    Links that went to another address are over at once.

    Raises:
        MailMalformed, MailUnchanged, MailTaken, MailJustSent: nothing was changed.
    """
    address = read_address(email)
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    verified = row.mail_verified_at is not None
    if address == (row.email_wanted or row.email) and verified:
        raise MailUnchanged
    if not act.terms.mail.shared and await life.mail_is_taken(conn, email=address, registrant_id=registrant_id):
        raise MailTaken
    await tokens.end_tokens(conn, purpose="verify_mail", owner_ids=(None, registrant_id), at=act.real_now)
    if verified and address == row.email:
        await life.change_registrant(
            conn, registrant_id=registrant_id, values={"email_wanted": None, "email_wanted_until": None}
        )
        return
    await _check_pause(conn, act=act, row=row)
    values: dict[str, Any] = {"email_wanted": address} if verified else {"email": address, "email_wanted": None}
    await _send_link(conn, act=act, registrant_id=registrant_id, address=address, values=values)
    if tells_old_address(old=row.email, was_verified=verified):
        await events.tell(conn, kind="mail_changed", registrant_id=registrant_id, facts={"email": row.email})


async def resend(conn: AsyncConnection, *, act: Act, registrant_id: UUID) -> str:
    """Have the link sent once more, to the address that waits; returns it.

    Raises:
        MailNothingToVerify, MailJustSent: nothing was changed.
    """
    row = await get_life(conn, registrant_id=registrant_id, lock=True)
    address = row.email_wanted if row.mail_verified_at is not None else row.email
    if address is None:
        raise MailNothingToVerify
    await _check_pause(conn, act=act, row=row)
    await _send_link(conn, act=act, registrant_id=registrant_id, address=address, values={})
    return address


async def issue_mail_link(conn: AsyncConnection, *, registrant_id: UUID, email: str, real_now: datetime) -> str | None:
    """The token for the link to an address; ``None`` where another address is wanted by now, or its time is over."""
    row = await get_life(conn, registrant_id=registrant_id)
    waiting = row.email_wanted if row.mail_verified_at is not None else row.email
    until = row.email_wanted_until
    if waiting != email or until is None or until <= real_now:
        return None
    return await issue_token(
        conn,
        purpose="verify_mail",
        owner=Owner(registrant_id=registrant_id),
        lasts=until - real_now,
        real_now=real_now,
        facts={"email": email},
    )


async def look_at_mail_link(conn: AsyncConnection, *, act: Act, token: str) -> VerifiedMail:
    """Whose address a link would verify; changes nothing.

    Raises:
        LinkUnknown, LinkExpired, LinkUsed: it is not good.
    """
    found = await look_at_token(conn, token=token, purpose="verify_mail", real_now=act.real_now)
    return _verified(found.owner, found.facts)


async def verify_mail(conn: AsyncConnection, *, act: Act, token: str) -> VerifiedMail:
    """Take the address of a link for the registrant's own.

    Raises:
        LinkUnknown, LinkExpired, LinkUsed: it is not good; nothing was changed.
    """
    used = await use_token(conn, token=token, purpose="verify_mail", real_now=act.real_now)
    verified = _verified(used.owner, used.facts)
    row = await get_life(conn, registrant_id=verified.registrant_id, lock=True)
    if verified.email not in {row.email, row.email_wanted} or row.anonymised_at is not None:
        raise LinkUnknown
    values = {
        "email": verified.email,
        "mail_verified_at": act.now,
        "email_wanted": None,
        "email_wanted_until": None,
    }
    await life.change_registrant(conn, registrant_id=verified.registrant_id, values=values)
    return verified


def _verified(owner: Owner, facts: Mapping[str, Any]) -> VerifiedMail:
    if owner.registrant_id is None:
        raise LinkUnknown
    return VerifiedMail(registrant_id=owner.registrant_id, email=str(facts["email"]))


async def _check_pause(conn: AsyncConnection, *, act: Act, row: LifeRow) -> None:
    since = act.real_now - RESEND_WINDOW
    sent = await life.told_at(conn, kind="mail_to_verify", registrant_id=row.registrant_id, since=since)
    check_resend(sent, real_now=act.real_now)


async def _send_link(
    conn: AsyncConnection, *, act: Act, registrant_id: UUID, address: str, values: dict[str, Any]
) -> None:
    until = act.real_now + timedelta(hours=act.terms.mail.link_hours)
    await life.change_registrant(conn, registrant_id=registrant_id, values={**values, "email_wanted_until": until})
    await events.tell(conn, kind="mail_to_verify", registrant_id=registrant_id, facts={"email": address})

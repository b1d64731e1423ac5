"""One-time links: issued once, good for one purpose, used once, over after a while. All instants are real time.

The token is 256 random bits in the link; the database keeps only its SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.repository import tokens as repository

Purpose = Literal["verify_mail", "set_password", "clerk_code", "passkey_register", "passkey_login"]


class LinkUnknown(YoyakuError):
    """There is no such link: it was cut short or altered."""

    status = 404
    code = "link_unknown"
    title = "This link is not complete, or not one of ours."


class LinkExpired(YoyakuError):
    """The link was good until ``expired_at``."""

    status = 410
    code = "link_expired"
    title = "This link is over."


class LinkUsed(YoyakuError):
    """The link was used, at ``used_at``."""

    status = 410
    code = "link_used"
    title = "This link has been used already."


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose token it is: an account, a registrant, or nobody known yet."""

    account_id: UUID | None = None
    registrant_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Token:
    """A token that is good now."""

    owner: Owner
    facts: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime


async def issue_token(
    conn: AsyncConnection,
    *,
    purpose: Purpose,
    owner: Owner,
    lasts: timedelta,
    real_now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> str:
    """Make a token and end those that the owner had for the same purpose."""
    token = secrets.token_urlsafe(32)
    await repository.end_tokens(conn, purpose=purpose, owner_ids=(owner.account_id, owner.registrant_id), at=real_now)
    values = {
        "token_hash": token_hash(token),
        "purpose": purpose,
        "account_id": owner.account_id,
        "registrant_id": owner.registrant_id,
        "facts": dict(facts or {}),
        "created_at": real_now,
        "expires_at": real_now + lasts,
    }
    await repository.add_token(conn, values)
    return token


async def look_at_token(conn: AsyncConnection, *, token: str, purpose: Purpose, real_now: datetime) -> Token:
    """The token, unused; for showing a page.

    Raises:
        LinkUnknown, LinkExpired, LinkUsed: it is not good.
    """
    row = await repository.find_token(conn, token_hash=token_hash(token), purpose=purpose)
    if row is None:
        raise LinkUnknown
    if row.used_at is not None:
        raise LinkUsed(used_at=row.used_at)
    if row.expires_at <= real_now:
        raise LinkExpired(expired_at=row.expires_at)
    owner = Owner(account_id=row.account_id, registrant_id=row.registrant_id)
    return Token(owner=owner, facts=row.facts, expires_at=row.expires_at)


async def use_token(conn: AsyncConnection, *, token: str, purpose: Purpose, real_now: datetime) -> Token:
    """The token, used from now on: of two at the same moment, one is refused.

    Raises:
        LinkUnknown, LinkExpired, LinkUsed: it is not good; nothing was changed.
    """
    found = await look_at_token(conn, token=token, purpose=purpose, real_now=real_now)
    if not await repository.mark_used(conn, token_hash=token_hash(token), at=real_now):
        raise LinkUsed(used_at=real_now)
    return found


def token_hash(token: str) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).digest()

"""Asking again who sits there, before something that cannot be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.policy import CurrentPasswordWrong
from yoyaku.registration.policy.throttle import sources_of
from yoyaku.registration.repository.accounts import read_account
from yoyaku.registration.service.attempts import Throttle
from yoyaku.registration.service.passwords import verify_password


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """The password that somebody types once more, for which account, and from which address."""

    account_id: UUID
    password: str = field(repr=False)
    address: str


async def confirm_password(
    conn: AsyncConnection, *, throttle: Throttle, confirmation: Confirmation, real_now: datetime
) -> None:
    """Let pass whoever knows the password of the account they are logged in to.

    Raises:
        CurrentPasswordWrong: it is another, or the account has none.
        TooManyAttempts: from this place.
    """
    sources = sources_of(address=confirmation.address, aim=str(confirmation.account_id), purpose="change")
    taken = await throttle.take(sources, real_now=real_now)
    found = await read_account(conn, account_id=confirmation.account_id)
    if not await verify_password(confirmation.password, found.password_hash if found else None):
        raise CurrentPasswordWrong
    await throttle.give_back(taken)

"""Asking again who sits there, before something that cannot be taken back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.registration.policy import CurrentPasswordWrong
from yoyaku.registration.repository.accounts import read_account
from yoyaku.registration.service.passwords import verify_password


async def confirm_password(conn: AsyncConnection, *, account_id: UUID, password: str) -> None:
    """Let pass whoever knows the password of the account they are logged in to.

    Raises:
        CurrentPasswordWrong: it is another, or the account has none.
    """
    found = await read_account(conn, account_id=account_id)
    if not await verify_password(password, found.password_hash if found else None):
        raise CurrentPasswordWrong

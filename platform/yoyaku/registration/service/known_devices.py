"""The mark that a browser keeps of the accounts it has logged in to: ``<device>.<signature>.<signature>…``.

It opens nothing: it only lets a device that was here before try the password out of a budget of its own. A signature is
over device, account and password, so that it means nothing elsewhere, and a new password ends it.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.registration.repository import AccountRow
from yoyaku.registration.repository.accounts import read_account

REMEMBERED_ACCOUNTS: Final = 5
KEPT_SECONDS: Final = 365 * 24 * 3600
_SIGNATURE_LETTERS: Final = 22
_LONGEST_MARK: Final = 200


def known_device(seal: Seal, *, mark: str | None, account: AccountRow | None) -> str | None:
    """Which device this is, where its mark says that it has logged in to ``account``; as much work for no account."""
    device, *signatures = (mark or "")[:_LONGEST_MARK].split(".")
    expected = _sign(seal, device, account)
    found = any(hmac.compare_digest(one.encode(), expected.encode()) for one in signatures)
    return device if found and account is not None else None


async def mark_for(conn: AsyncConnection, *, seal: Seal, mark: str | None, account_id: UUID) -> str:
    """The mark that a browser keeps after logging in to an account.

    Raises:
        NotFound: there is no such account.
    """
    account = await read_account(conn, account_id=account_id)
    if account is None:
        raise NotFound(what="account")
    return mark_device(seal, mark=mark, account=account)


def mark_device(seal: Seal, *, mark: str | None, account: AccountRow) -> str:
    """The mark after logging in to ``account``, which comes first; the oldest of too many accounts goes."""
    device, *signatures = (mark or "")[:_LONGEST_MARK].split(".")
    if not signatures:
        device = secrets.token_urlsafe(16)
    own = _sign(seal, device, account)
    kept = [own, *(one for one in signatures if one != own and len(one) == _SIGNATURE_LETTERS)]
    return ".".join([device, *kept[:REMEMBERED_ACCOUNTS]])


def _sign(seal: Seal, device: str, account: AccountRow | None) -> str:
    account_id, password = ("", "") if account is None else (str(account.account_id), account.password_hash or "")
    signed = seal.keyed_hash("device", device, account_id, password)
    return base64.urlsafe_b64encode(signed).decode()[:_SIGNATURE_LETTERS]

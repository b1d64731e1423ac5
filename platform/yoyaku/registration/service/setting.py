"""Setting a password of one's own: by a mailed link, by a clerk's one-time code, or knowing the present one.

Each logs the account out everywhere, ends what other links and codes it has, and tells its owner. A refused password
uses up neither link nor code.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.kernel.text import fold_width
from yoyaku.registration.act import Act
from yoyaku.registration.policy import (
    CodeWrong,
    CurrentPasswordWrong,
    NewPasswordRefused,
    find_password_faults,
    login_key,
)
from yoyaku.registration.policy.throttle import sources_of
from yoyaku.registration.repository import AccountRow, accounts, tokens
from yoyaku.registration.repository.events import tell
from yoyaku.registration.service.attempts import Throttle
from yoyaku.registration.service.passwords import hash_password, verify_password
from yoyaku.registration.service.sessions import end_sessions
from yoyaku.registration.service.tokens import look_at_token, use_token
from yoyaku.registration.terms import LoginTerms

CODE_DIGITS: Final = 10
CODE_LASTS: Final = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class CodeEntry:
    """What somebody typed from a clerk's slip, and from which address."""

    login_id: str
    code: str = field(repr=False)
    password: str = field(repr=False)
    address: str


@dataclass(frozen=True, kw_only=True)
class PasswordEntry:
    """The present password and the new one, typed from an address by whoever is logged in to the account."""

    account_id: UUID
    current: str = field(repr=False)
    password: str = field(repr=False)
    address: str


async def ask_for_password_link(
    conn: AsyncConnection, *, act: Act, throttle: Throttle, login_id: str, email: str, address: str
) -> None:
    """Let a link be mailed where id and address fit; nobody learns from it whether they do.

    One statement either way, and the link is made when the mail is written.

    Raises:
        TooManyAttempts: from this place.
    """
    key = login_key(login_id, act.terms.login)
    await throttle.take(sources_of(address=address, aim=key, purpose="link"), real_now=act.real_now)
    if "mail" in act.terms.login.password.reset_by:
        await accounts.tell_if_it_fits(conn, login_key=key, email=fold_width(email))


async def whose_link(conn: AsyncConnection, *, act: Act, token: str) -> AccountRow:
    """Whose password a link sets, for showing the page; the link stays good.

    Raises:
        LinkUnknown, LinkExpired, LinkUsed: it is not good.
    """
    found = await look_at_token(conn, token=token, purpose="set_password", real_now=act.real_now)
    return await _account(conn, found.owner.account_id)


async def set_password_by_token(conn: AsyncConnection, *, act: Act, token: str, password: str) -> AccountRow:
    """Set the password by a mailed link, which is used up; returns whose it is.

    Raises:
        LinkUnknown, LinkExpired, LinkUsed: it is not good.
        NewPasswordRefused: the link stays good.
    """
    account = await whose_link(conn, act=act, token=token)
    _check(password, account, act.terms.login)
    await use_token(conn, token=token, purpose="set_password", real_now=act.real_now)
    await _set(conn, act=act, account=account, password=password)
    return account


async def issue_clerk_code(conn: AsyncConnection, *, act: Act, seal: Seal, account_id: UUID) -> str:
    """A code of ten digits that sets the account's password once, within half an hour; earlier ones end.

    Only its keyed hash is kept: it is shown now or never.
    """
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    await tokens.end_tokens(conn, purpose="clerk_code", owner_ids=(account_id, None), at=act.real_now)
    values = {
        "token_hash": _code_hash(seal, account_id, code),
        "purpose": "clerk_code",
        "account_id": account_id,
        "facts": {"staff_id": str(act.staff_id)} if act.staff_id else {},
        "created_at": act.real_now,
        "expires_at": act.real_now + CODE_LASTS,
    }
    await tokens.add_token(conn, values)
    return code


async def set_password_by_code(conn: AsyncConnection, *, act: Act, throttle: Throttle, entry: CodeEntry) -> AccountRow:
    """Set the password by a clerk's one-time code, which is used up; returns whose it is.

    Raises:
        CodeWrong: unknown id, or a code that is wrong, used or over.
        NewPasswordRefused: the code was right, and stays good.
        TooManyAttempts: from this place.
    """
    key = login_key(entry.login_id, act.terms.login)
    taken = await throttle.take(sources_of(address=entry.address, aim=key, purpose="clerk_code"), real_now=act.real_now)
    account = await accounts.find_account(conn, login_key=key)
    owner = account.account_id if account else UUID(int=0)
    hashed = _code_hash(throttle.seal, owner, entry.code)
    found = await tokens.find_token(conn, token_hash=hashed, purpose="clerk_code")
    if account is None or account.is_closed or found is None or found.used_at or found.expires_at <= act.real_now:
        raise CodeWrong
    await throttle.give_back(taken)
    _check(entry.password, account, act.terms.login)
    if not await tokens.mark_used(conn, token_hash=hashed, at=act.real_now):
        raise CodeWrong
    await _set(conn, act=act, account=account, password=entry.password)
    return account


async def change_password(conn: AsyncConnection, *, act: Act, throttle: Throttle, entry: PasswordEntry) -> AccountRow:
    """Change the password, knowing the present one; returns whose it is.

    Raises:
        CurrentPasswordWrong, NewPasswordRefused: nothing was changed.
        TooManyAttempts: from this place.
    """
    aim = str(entry.account_id)
    taken = await throttle.take(sources_of(address=entry.address, aim=aim, purpose="change"), real_now=act.real_now)
    account = await _account(conn, entry.account_id)
    if not await verify_password(entry.current, account.password_hash):
        raise CurrentPasswordWrong
    await throttle.give_back(taken)
    _check(entry.password, account, act.terms.login)
    await _set(conn, act=act, account=account, password=entry.password)
    return account


async def _set(conn: AsyncConnection, *, act: Act, account: AccountRow, password: str) -> None:
    await accounts.set_password(
        conn,
        account_id=account.account_id,
        password_hash=await hash_password(password),
        real_now=act.real_now,
    )
    for purpose in ("set_password", "clerk_code"):
        await tokens.end_tokens(conn, purpose=purpose, owner_ids=(account.account_id, None), at=act.real_now)
    await end_sessions(conn, account_id=account.account_id)
    if account.registrant_id is not None:
        await tell(conn, kind="password_changed", registrant_id=account.registrant_id)


def _check(password: str, account: AccountRow, login: LoginTerms) -> None:
    # The city's pattern is for those who register; staff have the floor.
    terms = login if account.staff_id is None else LoginTerms(id_label="", id_pattern="")
    faults = find_password_faults(password, login=terms, login_id=account.login_id, personal=account.personal)
    if faults:
        raise NewPasswordRefused(faults)


async def _account(conn: AsyncConnection, account_id: UUID | None) -> AccountRow:
    found = await accounts.read_account(conn, account_id=account_id) if account_id else None
    if found is None or found.is_closed:
        raise NotFound(what="account")
    return found


def _code_hash(seal: Seal, account_id: UUID, code: str) -> bytes:
    digits = "".join(character for character in fold_width(code) if character.isdigit())
    return seal.keyed_hash("clerk_code", str(account_id), digits)

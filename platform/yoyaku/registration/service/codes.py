"""The second factor of an account: set up, asked for, taken away."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import pyotp
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy import login_key
from yoyaku.registration.policy.second_factor import (
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    Level,
    SecondFactorNotOffered,
    SecondFactorOver,
    SecondFactorRequired,
    SecondFactorWrong,
    TypedCode,
    matching_step,
    read_code,
)
from yoyaku.registration.repository import codes as repository
from yoyaku.registration.repository.accounts import find_account, read_account
from yoyaku.registration.repository.events import tell
from yoyaku.registration.service.sessions import SessionView
from yoyaku.registration.terms import LoginTerms, RegistrationTerms

_PURPOSE: Final = "recovery code"


@dataclass(frozen=True, kw_only=True)
class SecondFactor:
    """Whether an account has a second factor, and how many recovery codes are left."""

    is_on: bool
    recovery_left: int = 0


@dataclass(frozen=True, kw_only=True)
class Enrolment:
    """A generator to be set up: its secret in Base32, and the address that a telephone reads from a picture."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


async def required_level(conn: AsyncConnection, *, account_id: UUID, is_staff: bool) -> Level:
    """What is still to come after the right password.

    Who has a second factor is asked for it, even where the rules do not offer it any more; staff without
    one set it up first.
    """
    if (await read_second_factor(conn, account_id=account_id)).is_on:
        return "second_factor"
    return "enrol" if is_staff else "full"


async def read_second_factor(conn: AsyncConnection, *, account_id: UUID) -> SecondFactor:
    """Whether there is one."""
    row = await repository.find_generator(conn, account_id=account_id)
    if row is None or row.confirmed_at is None:
        return SecondFactor(is_on=False)
    return SecondFactor(is_on=True, recovery_left=row.recovery_left)


async def begin_enrolment(conn: AsyncConnection, *, act: Act, seal: Seal, owner: SessionView, issuer: str) -> Enrolment:
    """The generator to be set up: a new one, or the one that waits for its first code.

    ``issuer`` is what the telephone shows beside the id.

    Raises:
        SecondFactorNotOffered: to a resident, by the rules.
        SecondFactorOver: there is one already.
    """
    _check_offered(owner, act.terms)
    row = await repository.find_generator(conn, account_id=owner.account_id)
    if row is None:
        secret = pyotp.random_base32()
        sealed = seal.seal(secret.encode())
        if not await repository.put_generator(conn, account_id=owner.account_id, secret=sealed, confirmed_at=None):
            raise SecondFactorOver
    elif row.confirmed_at is not None:
        raise SecondFactorOver
    else:
        secret = seal.open(row.secret).decode()
    return Enrolment(secret=secret, uri=pyotp.TOTP(secret).provisioning_uri(name=owner.login_id, issuer_name=issuer))


async def confirm_enrolment(
    conn: AsyncConnection, *, act: Act, seal: Seal, owner: SessionView, typed: str
) -> list[str]:
    """Let the generator count, by its first code; the recovery codes, told only here.

    Raises:
        SecondFactorWrong: nothing was changed.
        SecondFactorOver: there is none to be confirmed.
    """
    _check_offered(owner, act.terms)
    row = await repository.find_generator(conn, account_id=owner.account_id)
    if row is None or row.confirmed_at is not None:
        raise SecondFactorOver
    first = TypedCode(digits=read_code(typed).digits)
    await use_code(conn, seal=seal, account_id=owner.account_id, typed=first, real_now=act.real_now)
    await repository.confirm_generator(conn, account_id=owner.account_id, at=act.real_now)
    codes = await _draw_recovery(conn, seal=seal, account_id=owner.account_id)
    await _tell(conn, account_id=owner.account_id, what="second_factor_on")
    return codes


async def use_code(
    conn: AsyncConnection, *, seal: Seal, account_id: UUID, typed: TypedCode, real_now: datetime
) -> None:
    """Take a code, once.

    Raises:
        SecondFactorWrong: it is none of the account's, or was used; nothing was changed.
    """
    if typed.recovery is not None:
        code_hash = _hash(seal, account_id, typed.recovery)
        if await repository.use_recovery(conn, account_id=account_id, code_hash=code_hash):
            return
    row = await repository.find_generator(conn, account_id=account_id)
    if typed.digits is None or row is None:
        raise SecondFactorWrong
    secret = seal.open(row.secret).decode()
    step = matching_step(secret, typed.digits, real_now=real_now, last_step=row.last_step)
    if step is None or not await repository.use_step(conn, account_id=account_id, step=step):
        raise SecondFactorWrong


async def renew_recovery(conn: AsyncConnection, *, act: Act, seal: Seal, owner: SessionView, typed: str) -> list[str]:
    """New recovery codes in place of all old ones, for whoever has a code of now.

    Raises:
        SecondFactorWrong: nothing was changed.
    """
    await use_code(conn, seal=seal, account_id=owner.account_id, typed=read_code(typed), real_now=act.real_now)
    codes = await _draw_recovery(conn, seal=seal, account_id=owner.account_id)
    await _tell(conn, account_id=owner.account_id, what="recovery_codes")
    return codes


async def turn_off(conn: AsyncConnection, *, act: Act, seal: Seal, owner: SessionView, typed: str) -> None:
    """Do without from now on; the password was asked for before.

    Raises:
        SecondFactorRequired: of staff.
        SecondFactorWrong: nothing was changed.
    """
    if owner.staff_id is not None:
        raise SecondFactorRequired
    await use_code(conn, seal=seal, account_id=owner.account_id, typed=read_code(typed), real_now=act.real_now)
    await remove_second_factor(conn, account_id=owner.account_id)


async def remove_second_factor(conn: AsyncConnection, *, account_id: UUID) -> None:
    """Take it away from somebody who has lost telephone and recovery codes; staff set up a new one at their next log-in.

    Who asks was recognised before, and whoever does this has noted it.
    """
    if await repository.remove_generator(conn, account_id=account_id):
        await _tell(conn, account_id=account_id, what="second_factor_off")


async def keep_known_generator(
    conn: AsyncConnection, *, seal: Seal, terms: LoginTerms, login_id: str, secret: str, real_now: datetime
) -> None:
    """Store a generator whose secret is known beforehand, as one that counts: for demos.

    Raises:
        NotFound: nobody has this id.
    """
    found = await find_account(conn, login_key=login_key(login_id, terms))
    if found is None:
        raise NotFound(what="account")
    sealed = seal.seal(secret.encode())
    await repository.put_generator(conn, account_id=found.account_id, secret=sealed, confirmed_at=real_now)


async def keep_recovery_codes(conn: AsyncConnection, *, seal: Seal, account_id: UUID, codes: list[str]) -> None:
    """Replace the recovery codes by these, in their one spelling."""
    hashes = [_hash(seal, account_id, code) for code in codes]
    await repository.replace_recovery(conn, account_id=account_id, hashes=hashes)


async def _draw_recovery(conn: AsyncConnection, *, seal: Seal, account_id: UUID) -> list[str]:
    codes = ["".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    await keep_recovery_codes(conn, seal=seal, account_id=account_id, codes=codes)
    return codes


def _hash(seal: Seal, account_id: UUID, code: str) -> bytes:
    return seal.keyed_hash(_PURPOSE, str(account_id), code)


def _check_offered(owner: SessionView, terms: RegistrationTerms) -> None:
    if owner.staff_id is None and terms.login.second_factor == "off":
        raise SecondFactorNotOffered


async def _tell(conn: AsyncConnection, *, account_id: UUID, what: str) -> None:
    found = await read_account(conn, account_id=account_id)
    if found is not None and found.registrant_id is not None:
        await tell(conn, kind="login_changed", registrant_id=found.registrant_id, facts={"what": what})

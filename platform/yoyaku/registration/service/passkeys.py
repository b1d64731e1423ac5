"""Passkeys of an account: added, listed, removed, and logging in by one.

Each belongs to the service's own host: another service's or tenant's passkeys mean nothing here, and nor do copies of
its pages at other hosts. A challenge is a one-time token of five minutes.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec
import webauthn
from sqlalchemy.ext.asyncio import AsyncConnection
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from yoyaku.kernel.errors import NotFound
from yoyaku.registration.act import Act
from yoyaku.registration.policy.passkeys import CHALLENGE_LASTS, MOST_PASSKEYS, NAME_LETTERS, PasskeyRefused
from yoyaku.registration.policy.second_factor import Level
from yoyaku.registration.repository import AccountRow
from yoyaku.registration.repository import passkeys as repository
from yoyaku.registration.repository.accounts import read_account
from yoyaku.registration.repository.events import tell
from yoyaku.registration.repository.passkeys import PasskeyRow
from yoyaku.registration.service.codes import read_second_factor
from yoyaku.registration.service.logging_in import Gate, check_stage
from yoyaku.registration.service.sessions import NewSession, Origin, SessionView, begin_session, log_out
from yoyaku.registration.service.tokens import (
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    Owner,
    Purpose,
    issue_token,
    use_token,
)

HANDLE_BYTES: Final = 32
LONGEST_ANSWER: Final = 20_000
TRANSPORTS: Final = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable"})


@dataclass(frozen=True, kw_only=True)
class PasskeySite:
    """To which host passkeys belong, and how the service is named when one is made; ``address`` has no slash at the end."""

    address: str
    name: str

    @property
    def host(self) -> str:
        """The relying party's id: the host alone, without port."""
        return urlsplit(self.address).hostname or ""


@dataclass(frozen=True, kw_only=True)
class Presented:
    """A browser's answer to a challenge (JSON), from where, and the token of the session it had before, if any."""

    answer: str = field(repr=False)
    address: str = ""
    browser: str = ""
    previous_token: str | None = field(default=None, repr=False)


class _Response(msgspec.Struct, frozen=True):
    client_data: str = msgspec.field(name="clientDataJSON")
    user_handle: str | None = msgspec.field(name="userHandle", default=None)
    transports: list[str] = []


class _Answer(msgspec.Struct, frozen=True):
    id: str
    raw_id: str = msgspec.field(name="rawId")
    response: _Response


class _ClientData(msgspec.Struct, frozen=True):
    challenge: str


async def list_passkeys(conn: AsyncConnection, *, owner: SessionView) -> list[PasskeyRow]:
    """The passkeys of whoever is logged in."""
    return await repository.list_passkeys(conn, account_id=owner.account_id)


async def begin_registration(conn: AsyncConnection, *, act: Act, owner: SessionView, site: PasskeySite) -> str:
    """What the browser is asked for to make a passkey, as JSON; the passkey finds its account without an id.

    Raises:
        PasskeyRefused: there are as many as may be.
    """
    drawn = secrets.token_bytes(HANDLE_BYTES)
    handle = await repository.handle_of(conn, account_id=owner.account_id, drawn=drawn)
    known = await repository.list_passkeys(conn, account_id=owner.account_id)
    _check_count(len(known))
    challenge = await _challenge(conn, "passkey_register", Owner(account_id=owner.account_id), act.real_now)
    staff = owner.staff_id is not None
    verification = UserVerificationRequirement.REQUIRED if staff else UserVerificationRequirement.PREFERRED
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=handle,
        user_name=owner.login_id,
        user_display_name=owner.display_name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=verification
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential_id) for one in known],
    )
    return webauthn.options_to_json(options)


async def finish_registration(
    conn: AsyncConnection, *, act: Act, owner: SessionView, site: PasskeySite, answer: str, name: str
) -> None:
    """Store the passkey that the browser has made; its owner is told by mail.

    Raises:
        PasskeyRefused: nothing was stored.
    """
    read, challenge = _read(answer)
    token = await _use_challenge(conn, "passkey_register", challenge, act.real_now)
    if token != owner.account_id:
        raise PasskeyRefused
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.address,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None
    if owner.staff_id is not None and not made.user_verified:
        raise PasskeyRefused(why="unverified")
    await repository.handle_of(conn, account_id=owner.account_id, drawn=secrets.token_bytes(HANDLE_BYTES))  # locks
    _check_count(await repository.count_passkeys(conn, account_id=owner.account_id))
    values = {
        "credential_id": made.credential_id,
        "account_id": owner.account_id,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "name": name.strip()[:NAME_LETTERS],
        "transports": sorted(TRANSPORTS.intersection(read.response.transports)),
        "created_at": act.real_now,
    }
    if not await repository.add_passkey(conn, values):
        raise PasskeyRefused(why="taken")
    await _tell(conn, owner, "passkey_added")


async def remove_passkey(conn: AsyncConnection, *, owner: SessionView, credential_id: bytes) -> None:
    """Take a passkey away; its owner is told by mail.

    Raises:
        NotFound: the account has none of that id (any more).
    """
    if not await repository.remove_passkey(conn, account_id=owner.account_id, credential_id=credential_id):
        raise NotFound(what="passkey")
    await _tell(conn, owner, "passkey_removed")


async def begin_login(conn: AsyncConnection, *, site: PasskeySite, real_now: datetime) -> str:
    """What the browser is asked for to log in, as JSON; whose passkey it is, only the answer tells."""
    challenge = await _challenge(conn, "passkey_login", Owner(), real_now)
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=challenge, user_verification=UserVerificationRequirement.PREFERRED
    )
    return webauthn.options_to_json(options)


async def finish_login(conn: AsyncConnection, *, gate: Gate, site: PasskeySite, presented: Presented) -> NewSession:
    """Begin a session for whose passkey has answered.

    A passkey with which somebody was recognised (by finger, face or PIN) counts as both factors; without, whoever has a
    second factor is asked for it, and staff are refused.

    Raises:
        PasskeyRefused: no session has begun. Do not roll back: the challenge is used.
        StageMayNotLogIn: the passkey was right.
    """
    read, challenge = _read(presented.answer)
    await _use_challenge(conn, "passkey_login", challenge, gate.real_now)
    row = await repository.lock_passkey(conn, credential_id=_bytes(read.raw_id))
    found = await read_account(conn, account_id=row.account_id) if row else None
    if row is None or found is None or found.is_closed:
        raise PasskeyRefused
    verified = _verify(row, presented.answer, challenge=challenge, site=site)
    handle = await repository.read_handle(conn, account_id=row.account_id)
    if read.response.user_handle is None or _bytes(read.response.user_handle) != handle:
        raise PasskeyRefused
    level = await _level(conn, found, is_verified=verified.user_verified)
    check_stage(found, gate.terms)
    await repository.note_use(
        conn, credential_id=row.credential_id, sign_count=verified.new_sign_count, at=gate.real_now
    )
    if presented.previous_token is not None:
        await log_out(conn, token=presented.previous_token)
    origin = Origin(
        address=presented.address, browser=presented.browser, method="passkey", level=level, today=gate.today
    )
    return await begin_session(
        conn, account_id=found.account_id, limits=gate.limits, real_now=gate.real_now, origin=origin
    )


def _verify(row: PasskeyRow, answer: str, *, challenge: str, site: PasskeySite) -> VerifiedAuthentication:
    """The library checks challenge, host, origin, signature, and that the count has grown (a copy's would not)."""
    try:
        return webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.address,
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
        )
    except (WebAuthnException, ValueError):
        raise PasskeyRefused from None


async def _level(conn: AsyncConnection, found: AccountRow, *, is_verified: bool) -> Level:
    if is_verified:
        return "full"
    if found.staff_id is not None:
        raise PasskeyRefused(why="unverified")
    return "second_factor" if (await read_second_factor(conn, account_id=found.account_id)).is_on else "full"


async def _challenge(conn: AsyncConnection, purpose: Purpose, owner: Owner, real_now: datetime) -> bytes:
    """256 random bits; in base64url, as the browser gives them back, they are the token."""
    token = await issue_token(conn, purpose=purpose, owner=owner, lasts=CHALLENGE_LASTS, real_now=real_now)
    return base64url_to_bytes(token)


async def _use_challenge(conn: AsyncConnection, purpose: Purpose, challenge: str, real_now: datetime) -> object:
    """Use up the challenge; for whose account it was."""
    try:
        used = await use_token(conn, token=challenge, purpose=purpose, real_now=real_now)
    except (LinkExpired, LinkUsed):
        raise PasskeyRefused(why="over") from None
    except LinkUnknown:
        raise PasskeyRefused from None
    return used.owner.account_id


def _read(answer: str) -> tuple[_Answer, str]:
    """The browser's answer, and the challenge that it says it answers."""
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    try:
        read = msgspec.json.decode(answer, type=_Answer)
        told = msgspec.json.decode(base64url_to_bytes(read.response.client_data), type=_ClientData)
    except (msgspec.DecodeError, ValueError):
        raise PasskeyRefused from None
    return read, told.challenge


def _bytes(text: str) -> bytes:
    try:
        return base64url_to_bytes(text)
    except ValueError:
        raise PasskeyRefused from None


def _check_count(there: int) -> None:
    if there >= MOST_PASSKEYS:
        raise PasskeyRefused(why="too_many", at_most=MOST_PASSKEYS)


async def _tell(conn: AsyncConnection, owner: SessionView, what: str) -> None:
    registrant_id = owner.own_registrant_id or owner.registrant_id
    if registrant_id is not None:
        await tell(conn, kind="login_changed", registrant_id=registrant_id, facts={"what": what})

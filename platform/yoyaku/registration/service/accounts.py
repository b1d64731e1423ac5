"""Registrants, staff and their accounts: making and finding them. Names are stored byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.text import fold_for_search, search_key
from yoyaku.registration import repository
from yoyaku.registration.policy import LoginIdTaken, check_login_id, check_password, login_key
from yoyaku.registration.repository import RegistrantRow
from yoyaku.registration.service.passwords import hash_password
from yoyaku.registration.terms import LoginTerms

FOUND_AT_MOST = 50
NOT_REGISTERED = "none"
"""Class and stage of somebody who books at the counter without a registration, where the rules allow it."""


@dataclass(frozen=True, kw_only=True)
class NewRegistrant:
    """A person or group as they write themselves; ``facts`` are further facts for the rules."""

    name: str
    kana: str
    kind: Literal["individual", "group"] = "individual"
    user_class: str
    residency: str | None = None
    stage: str
    email: str | None = None
    mail_verified: bool = True
    phone: str | None = None
    language: Literal["ja", "en"] = "ja"
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """A login id and password to be set; ``personal`` are texts that the password may not be."""

    login_id: str
    password: str = field(repr=False)
    personal: Sequence[str] = ()


async def add_registrant(conn: AsyncConnection, *, new: NewRegistrant, registered_at: datetime) -> UUID:
    """Store a registrant, without an account."""
    registrant_id = new_id()
    values = {
        "registrant_id": registrant_id,
        "kind": new.kind,
        "name": new.name,
        "kana": new.kana,
        "search_key": search_key(new.name, new.kana),
        "user_class": new.user_class,
        "residency": new.residency,
        "stage": new.stage,
        "facts": dict(new.facts),
        "email": new.email,
        "phone": new.phone,
        "language": new.language,
        "registered_at": registered_at,
        "stage_since": registered_at,
        "active_on": registered_at.date(),
        "mail_verified_at": registered_at if new.email and new.mail_verified else None,
    }
    await repository.add_registrant(conn, values)
    return registrant_id


async def add_walk_in(conn: AsyncConnection, *, name: str, kana: str, phone: str, registered_at: datetime) -> UUID:
    """Somebody without a registration, by the name and telephone number they give at the counter."""
    new = NewRegistrant(name=name, kana=kana, user_class=NOT_REGISTERED, stage=NOT_REGISTERED, phone=phone)
    return await add_registrant(conn, new=new, registered_at=registered_at)


async def create_account(
    conn: AsyncConnection, *, terms: LoginTerms, credentials: Credentials, new: NewRegistrant, real_now: datetime
) -> UUID:
    """Store a registrant with an account to log in by; returns the registrant's id.

    Raises:
        LoginIdMalformed, PasswordTooWeak, LoginIdTaken: nothing was stored.
    """
    check_login_id(credentials.login_id, terms)
    personal = [*credentials.personal, new.name, new.kana, new.phone or ""]
    check_password(credentials.password, login_id=credentials.login_id, personal=personal)
    registrant_id = await add_registrant(conn, new=new, registered_at=real_now)
    owner = {"registrant_id": registrant_id}
    await _add_account(conn, terms=terms, credentials=credentials, owner=owner, real_now=real_now)
    return registrant_id


async def create_staff(
    conn: AsyncConnection,
    *,
    terms: LoginTerms,
    credentials: Credentials,
    name: str,
    roles: Sequence[str],
    real_now: datetime,
) -> UUID:
    """Store a member of staff with an account; returns the staff id.

    Raises:
        PasswordTooWeak, LoginIdTaken: nothing was stored.
    """
    check_password(credentials.password, login_id=credentials.login_id, personal=[*credentials.personal, name])
    staff_id = new_id()
    await repository.add_staff(conn, staff_id=staff_id, name=name, roles=roles)
    owner = {"staff_id": staff_id}
    await _add_account(conn, terms=terms, credentials=credentials, owner=owner, real_now=real_now)
    return staff_id


async def account_exists(conn: AsyncConnection, *, terms: LoginTerms, login_id: str) -> bool:
    """Whether somebody logs in by this id, in any of its spellings."""
    return await repository.find_account(conn, login_key=login_key(login_id, terms)) is not None


async def find_registrants(conn: AsyncConnection, *, terms: LoginTerms, query: str) -> list[RegistrantRow]:
    """Registrants by login id, or by a part of their name or reading in any common writing; by reading, 50 at most."""
    folded = fold_for_search(query)
    if not folded:
        return []
    return await repository.find_registrants(
        conn, folded=folded, login_key=login_key(query, terms), at_most=FOUND_AT_MOST
    )


async def get_registrant(conn: AsyncConnection, *, registrant_id: UUID) -> RegistrantRow:
    """One registrant.

    Raises:
        NotFound: there is none of that id in this service.
    """
    found = await repository.read_registrant(conn, registrant_id=registrant_id)
    if found is None:
        raise NotFound(what="registrant")
    return found


async def _add_account(
    conn: AsyncConnection,
    *,
    terms: LoginTerms,
    credentials: Credentials,
    owner: Mapping[str, UUID],
    real_now: datetime,
) -> None:
    values = {
        "account_id": new_id(),
        "login_key": login_key(credentials.login_id, terms),
        "login_id": credentials.login_id,
        "password_hash": await hash_password(credentials.password),
        "created_at": real_now,
        **owner,
    }
    if not await repository.add_account(conn, values):
        raise LoginIdTaken(login_id=credentials.login_id)

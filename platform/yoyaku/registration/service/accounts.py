"""Registrants, staff and their accounts: making and finding them. Names are stored byte for byte."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.contact import phone_key
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.text import fold_for_search, search_key
from yoyaku.registration import repository
from yoyaku.registration.act import Act
from yoyaku.registration.policy import LoginIdTaken, check_login_id, check_new_password, check_password, login_key
from yoyaku.registration.policy.login import ids_to_draw_from, issue_login_id
from yoyaku.registration.repository import RegistrantRow
from yoyaku.registration.repository.accounts import login_key_is_taken
from yoyaku.registration.service.passwords import hash_password
from yoyaku.registration.terms import IssuedId, LoginTerms

DRAWN_AT_MOST = 200
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
    language: str = "ja"
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)
    birth_date: date | None = None
    postcode: str | None = None
    address: str | None = None
    details: Mapping[str, str | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """A login id and password to be set; ``personal`` are texts that the password may not be.

    An ``initial`` password only opens the way to an own one, so that nothing is asked of it.
    """

    login_id: str
    password: str = field(repr=False)
    personal: Sequence[str] = ()
    initial: bool = False


@dataclass(frozen=True, kw_only=True)
class CreatedLogin:
    """A new account. ``password_state``: own, initial (given by rule) or none (a link or a clerk's code comes first)."""

    account_id: UUID
    login_id: str
    password_state: Literal["own", "initial", "none"]


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
        "phone_key": phone_key(new.phone) if new.phone else None,
        "birth_date": new.birth_date,
        "postcode": new.postcode,
        "address": new.address,
        "details": dict(new.details),
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
    if not credentials.initial:
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


async def create_login(  # noqa: PLR0913  # what applying knows of a login
    conn: AsyncConnection,
    *,
    act: Act,
    registrant_id: UUID,
    login_id: str | None,
    password: str | None,
    birth_date: date | None,
    personal: Sequence[str],
) -> CreatedLogin:
    """An account for a registrant: an id that the service gives, or the one they chose.

    Without a password the account has the initial one of the rules, or none.

    Raises:
        LoginIdMalformed, LoginIdTaken, PasswordPatternRefused, PasswordTooWeak: nothing was stored.
    """
    login = act.terms.login
    born = [birth_date.isoformat()] if birth_date else []
    known = [*personal, *born]
    initial = birth_date.strftime("%Y%m%d") if birth_date and login.password.initial == "birth_date" else None
    state: Literal["own", "initial", "none"] = "own" if password is not None else "initial" if initial else "none"
    if login.issued is None:
        check_login_id(login_id or "", login)
    if password is not None:
        check_new_password(password, login=login, login_id=login_id or "", personal=known)
    given = password if password is not None else initial
    values = {
        "account_id": new_id(),
        "registrant_id": registrant_id,
        "password_hash": None if given is None else await hash_password(given),
        "password_state": state,
        "password_set_at": act.real_now if state == "own" else None,
        "created_at": act.real_now,
    }
    named = await _store_under_id(conn, values, login=login, chosen=login_id)
    return CreatedLogin(account_id=values["account_id"], login_id=named, password_state=state)  # type: ignore[arg-type]


async def _store_under_id(
    conn: AsyncConnection, values: Mapping[str, object], *, login: LoginTerms, chosen: str | None
) -> str:
    """Store an account under the id that was chosen, or under a free one that is drawn; returns the id."""
    tries = [chosen or ""] if login.issued is None else _drawn_ids(login.issued)
    for login_id in tries:
        named = {"login_key": login_key(login_id, login), "login_id": login_id}
        if await repository.add_account(conn, {**values, **named}):
            return login_id
    raise LoginIdTaken(login_id=chosen)


def _drawn_ids(issued: IssuedId) -> Iterator[str]:
    """Ids at random, so that none is guessed from another; more often than clashes will ever ask for."""
    for _ in range(DRAWN_AT_MOST):
        yield issue_login_id(issued, secrets.randbelow(ids_to_draw_from(issued)))


async def account_exists(conn: AsyncConnection, *, terms: LoginTerms, login_id: str) -> bool:
    """Whether somebody logs in by this id, in any of its spellings."""
    return await login_key_is_taken(conn, login_key=login_key(login_id, terms))


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
        "password_state": "initial" if credentials.initial else "own",
        "password_set_at": None if credentials.initial else real_now,
        "created_at": real_now,
        **owner,
    }
    if not await repository.add_account(conn, values):
        raise LoginIdTaken(login_id=credentials.login_id)

"""Accounts and staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import account, staff
from yoyaku.kernel.ids import new_id
from yoyaku.registration.repository.here import HERE

INITIAL = "initial"
_LOGIN = """
    SELECT a.account_id, a.login_id, a.password_hash, a.password_state, a.registrant_id, a.staff_id, r.stage,
           coalesce(r.name, f.name) AS name, r.kana, r.phone, r.postcode, r.birth_date, coalesce(r.email, r.email_wanted, f.email) AS email,
           a.closed_at IS NOT NULL OR f.ended_at IS NOT NULL AS is_closed, a.last_login_at, a.previous_login_at
    FROM account a
    LEFT JOIN registrant r USING (tenant_id, service_id, registrant_id)
    LEFT JOIN staff f ON (f.tenant_id, f.service_id, f.staff_id) = (a.tenant_id, a.service_id, a.staff_id)
"""
_BY_KEY = text(f"{_LOGIN} WHERE a.login_key = :login_key")
_BY_ID = text(f"{_LOGIN} WHERE a.account_id = :account_id")
# One statement whether or not id and address fit, so that the answer takes as long.
_TELL_IF_IT_FITS = text("""
    INSERT INTO outbox (tenant_id, service_id, event_id, kind, subject_id, facts)
    SELECT a.tenant_id, a.service_id, :event_id, 'password_to_set', r.registrant_id, jsonb_build_object(
        'account_id', a.account_id,
        'why', CASE a.password_state WHEN 'own' THEN 'forgotten' WHEN 'initial' THEN 'initial' ELSE 'new' END)
    FROM account a JOIN registrant r USING (tenant_id, service_id, registrant_id)
    WHERE a.login_key = :login_key AND lower(coalesce(r.email, r.email_wanted)) = lower(:email)
      AND a.closed_at IS NULL AND r.anonymised_at IS NULL
""")
_NOTE_LOGIN = text("""
    WITH noted AS (
        UPDATE account SET previous_login_at = last_login_at, last_login_at = :real_now
        WHERE account_id = :account_id RETURNING tenant_id, service_id, registrant_id)
    UPDATE registrant r SET active_on = CAST(:today AS date) FROM noted
    WHERE (r.tenant_id, r.service_id, r.registrant_id) = (noted.tenant_id, noted.service_id, noted.registrant_id)
      AND CAST(:today AS date) IS NOT NULL AND CAST(:today AS date) IS DISTINCT FROM r.active_on
""")


@dataclass(frozen=True, kw_only=True)
class AccountRow:
    """What logging in and setting a password need of an account and whoever it is of."""

    account_id: UUID
    login_id: str
    password_hash: str | None = field(repr=False)
    password_state: str
    registrant_id: UUID | None
    staff_id: UUID | None
    stage: str | None
    name: str | None
    kana: str | None
    phone: str | None
    postcode: str | None
    birth_date: date | None
    email: str | None
    is_closed: bool
    last_login_at: datetime | None
    previous_login_at: datetime | None

    @property
    def opens_only_a_way(self) -> bool:
        """Whether the password is a given one, which opens nothing but the way to an own one."""
        return self.password_state == INITIAL

    @property
    def personal(self) -> tuple[str, ...]:
        """What others know of its owner, which no password of theirs may be."""
        born = self.birth_date.isoformat() if self.birth_date else None
        known = (self.name, self.kana, self.phone, self.postcode, self.email, born)
        return tuple(one for one in known if one)


async def find_account(conn: AsyncConnection, *, login_key: str) -> AccountRow | None:
    """The account of that id in its one spelling."""
    row = (await conn.execute(_BY_KEY, {"login_key": login_key})).mappings().first()
    return None if row is None else AccountRow(**row)


async def read_account(conn: AsyncConnection, *, account_id: UUID) -> AccountRow | None:
    """One account."""
    row = (await conn.execute(_BY_ID, {"account_id": account_id})).mappings().first()
    return None if row is None else AccountRow(**row)


async def tell_if_it_fits(conn: AsyncConnection, *, login_key: str, email: str) -> None:
    """Note that a link to set a password is asked for, where an open account has that id and that address of mail."""
    await conn.execute(_TELL_IF_IT_FITS, {"event_id": new_id(), "login_key": login_key, "email": email})


async def note_login(conn: AsyncConnection, *, account_id: UUID, real_now: datetime, today: date | None) -> None:
    """Keep when the account was logged in to, and that its registrant is active ``today``."""
    await conn.execute(_NOTE_LOGIN, {"account_id": account_id, "real_now": real_now, "today": today})


async def add_staff(conn: AsyncConnection, *, staff_id: UUID, name: str, roles: Sequence[str]) -> None:
    """Store a member of staff."""
    await conn.execute(insert(staff).values(**HERE, staff_id=staff_id, name=name, roles=list(roles)))


async def add_account(conn: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Store an account; says whether its ``login_key`` was free."""
    free = insert(account).values(**HERE, **values).on_conflict_do_nothing(constraint="uq_account_login")
    return (await conn.execute(free.returning(account.c.account_id))).first() is not None


async def login_key_is_taken(conn: AsyncConnection, *, login_key: str) -> bool:
    """Whether somebody logs in by this id."""
    query = select(account.c.account_id).where(account.c.login_key == login_key)
    return (await conn.execute(query)).first() is not None


async def change_password_hash(conn: AsyncConnection, *, account_id: UUID, password_hash: str) -> None:
    """Replace the hash, of the same password."""
    await conn.execute(update(account).where(account.c.account_id == account_id).values(password_hash=password_hash))


async def set_password(conn: AsyncConnection, *, account_id: UUID, password_hash: str, real_now: datetime) -> None:
    """Replace the password by one of the person's own."""
    chosen = update(account).where(account.c.account_id == account_id)
    values = {"password_hash": password_hash, "password_state": "own", "password_set_at": real_now}
    await conn.execute(chosen.values(**values))

"""Checks of identity, the people whom providers named, and what was sent in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.db.tables import identity_check, identity_subject, registrant
from yoyaku.registration.repository.here import HERE

OPEN = ("begun", "submitted")
_CHECK = (
    "check_id", "registrant_id", "step", "plugin", "state", "kept", "evidence", "rejected_for", "why",
    "letter_due", "letter_sent_at", "created_at", "submitted_at", "decided_at",
)  # fmt: skip
_PERSON = (
    "registrant_id", "kind", "name", "kana", "user_class", "residency", "stage", "facts", "details", "email",
    "language", "birth_date", "postcode", "address", "stage_since",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CheckRow:
    """A check as it is stored; ``kept`` is sealed."""

    check_id: UUID
    registrant_id: UUID
    step: str
    plugin: str
    state: str
    kept: bytes | None = field(repr=False)
    evidence: Mapping[str, Any]
    rejected_for: str | None
    why: str | None
    letter_due: bool
    letter_sent_at: datetime | None
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CheckedPerson:
    """A registrant, as far as a check needs to know."""

    registrant_id: UUID
    kind: str
    name: str
    kana: str
    user_class: str
    residency: str | None
    stage: str
    facts: Mapping[str, Any]
    details: Mapping[str, Any]
    email: str | None
    language: str
    birth_date: date | None
    postcode: str | None
    address: str | None
    stage_since: datetime | None
    mail_verified: bool


async def read_person(conn: AsyncConnection, *, registrant_id: UUID) -> CheckedPerson | None:
    """Whom a check is about."""
    columns = [registrant.c[name] for name in _PERSON]
    verified = registrant.c.mail_verified_at.is_not(None).label("mail_verified")
    query = select(*columns, verified).where(registrant.c.registrant_id == registrant_id)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else CheckedPerson(**row)


async def set_residency(conn: AsyncConnection, *, registrant_id: UUID, residency: str) -> None:
    """Write the residency that was established."""
    chosen = update(registrant).where(registrant.c.registrant_id == registrant_id)
    await conn.execute(chosen.values(residency=residency))


async def add_check(conn: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Store a check; says whether there was no open one of its step."""
    statement = insert(identity_check).values(**HERE, **values).on_conflict_do_nothing()
    return (await conn.execute(statement.returning(identity_check.c.check_id))).first() is not None


async def read_check(conn: AsyncConnection, *, check_id: UUID, lock: bool = False) -> CheckRow | None:
    """One check, kept from changing until the end of the transaction where ``lock``."""
    query = _checks().where(identity_check.c.check_id == check_id)
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    return None if row is None else CheckRow(**row)


async def find_open_check(
    conn: AsyncConnection, *, registrant_id: UUID, step: str, lock: bool = False
) -> CheckRow | None:
    """The open check of a person and a step."""
    query = _checks().where(
        identity_check.c.registrant_id == registrant_id,
        identity_check.c.step == step,
        identity_check.c.state.in_(OPEN),
    )
    row = (await conn.execute(query.with_for_update() if lock else query)).mappings().first()
    return None if row is None else CheckRow(**row)


async def checks_of(conn: AsyncConnection, *, registrant_id: UUID) -> list[CheckRow]:
    """Every check of a person, the newest first."""
    query = _checks().where(identity_check.c.registrant_id == registrant_id)
    rows = await conn.execute(query.order_by(identity_check.c.created_at.desc(), identity_check.c.check_id.desc()))
    return [CheckRow(**row) for row in rows.mappings()]


async def change_check(conn: AsyncConnection, *, check_id: UUID, values: Mapping[str, Any]) -> None:
    """Write what became of a check."""
    await conn.execute(update(identity_check).where(identity_check.c.check_id == check_id).values(**values))


async def abandon_checks(conn: AsyncConnection, *, registrant_id: UUID, except_steps: Sequence[str]) -> list[UUID]:
    """Give up a person's open checks but those of ``except_steps``; returns which."""
    chosen = update(identity_check).where(
        identity_check.c.registrant_id == registrant_id,
        identity_check.c.state.in_(OPEN),
        identity_check.c.step.not_in(except_steps),
    )
    ended = chosen.values(state="abandoned", kept=None, letter_due=False).returning(identity_check.c.check_id)
    return list((await conn.execute(ended)).scalars())


async def waiting_checks(conn: AsyncConnection, *, at_most: int) -> list[tuple[CheckRow, str]]:
    """Checks that wait for a clerk's decision with the person's name, the longest waiting first."""
    name = registrant.c.name.label("person_name")
    query = (
        _checks()
        .add_columns(name)
        .join(registrant, _same_person())
        .where(identity_check.c.state == "submitted")
        .order_by(identity_check.c.submitted_at)
        .limit(at_most)
    )
    return [_with_name(dict(row)) for row in (await conn.execute(query)).mappings()]


async def due_letters(conn: AsyncConnection) -> list[tuple[CheckRow, str]]:
    """Checks whose letter has not been printed, with the person's name, the oldest first."""
    name = registrant.c.name.label("person_name")
    query = (
        _checks()
        .add_columns(name)
        .join(registrant, _same_person())
        .where(identity_check.c.letter_due, identity_check.c.state.in_(OPEN))
        .order_by(identity_check.c.created_at)
    )
    return [_with_name(dict(row)) for row in (await conn.execute(query)).mappings()]


async def claim_subject(
    conn: AsyncConnection, *, issuer: str, subject_hash: bytes, registrant_id: UUID, at: datetime
) -> bool:
    """Note who somebody is at a provider; says whether nobody else of the service is that person."""
    values = {"issuer": issuer, "subject_hash": subject_hash, "registrant_id": registrant_id, "verified_at": at}
    await conn.execute(insert(identity_subject).values(**HERE, **values).on_conflict_do_nothing())
    query = select(identity_subject.c.registrant_id).where(
        identity_subject.c.issuer == issuer, identity_subject.c.subject_hash == subject_hash
    )
    return (await conn.execute(query)).scalar() == registrant_id


async def forget_subjects(conn: AsyncConnection, *, registrant_id: UUID) -> None:
    """Forget who somebody is at providers."""
    await conn.execute(delete(identity_subject).where(identity_subject.c.registrant_id == registrant_id))


async def empty_checks(conn: AsyncConnection, *, registrant_id: UUID) -> list[UUID]:
    """Take out of a person's checks whatever says more than that they were; returns which they are."""
    chosen = update(identity_check).where(identity_check.c.registrant_id == registrant_id)
    state = case((identity_check.c.state.in_(OPEN), "abandoned"), else_=identity_check.c.state)
    emptied = chosen.values(kept=None, evidence={}, why=None, letter_due=False, state=state)
    return list((await conn.execute(emptied.returning(identity_check.c.check_id))).scalars())


def _checks() -> Select[Any]:
    return select(*(identity_check.c[name] for name in _CHECK))


def _same_person() -> Any:  # noqa: ANN401  # a condition of SQLAlchemy's
    keys = ("tenant_id", "service_id", "registrant_id")
    first, *more = (registrant.c[key] == identity_check.c[key] for key in keys)
    for condition in more:
        first &= condition
    return first


def _with_name(values: dict[str, Any]) -> tuple[CheckRow, str]:
    name = values.pop("person_name")
    return CheckRow(**values), name

"""The key by which the database tells people apart: a keyed hash of folded name and birth date.

Two whom a clerk has called two people get keys of their own, made with the registration's id too.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.seal import Seal
from yoyaku.registration.policy.person import Person
from yoyaku.registration.repository import applicants
from yoyaku.registration.repository.applicants import ProfileRow


def person_key(seal: Seal, person: Person, *, apart: UUID | None = None) -> bytes:
    """The key of a person; ``apart`` is the registration of somebody who shares name and birth date with another."""
    more = () if apart is None else (str(apart),)
    return seal.keyed_hash("person", person.name, person.born.isoformat(), *more)


async def changed_key(
    conn: AsyncConnection, *, seal: Seal, row: ProfileRow, before: Person | None, after: Person
) -> tuple[bytes, ProfileRow | None]:
    """The key of somebody whose name or birth date was corrected, and whose registration has it already, if any."""
    apart = before is not None and row.person_key == person_key(seal, before, apart=row.registrant_id)
    key = person_key(seal, after, apart=row.registrant_id if apart else None)
    same = await applicants.find_same_person(conn, person_key=key)
    return key, None if same is None or same.registrant_id == row.registrant_id else same

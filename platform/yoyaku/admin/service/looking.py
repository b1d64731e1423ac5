"""Looking at people: why, whom, and what is written down of it. Names and queries never are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin import repository
from yoyaku.admin.repository import AuditEntry
from yoyaku.kernel.contact import phone_key
from yoyaku.kernel.dates import read_date
from yoyaku.kernel.errors import Malformed
from yoyaku.kernel.ids import new_id
from yoyaku.kernel.text import fold_for_search
from yoyaku.registration.act import Act
from yoyaku.registration.policy import login_key

PURPOSES: Final = ("counter", "telephone", "review", "complaint", "other")
"""Why somebody looks at people; ``other`` is said in their own words."""
FOUND_AT_MOST: Final = 50
REASON_LETTERS: Final = 100


class PurposeMissing(Malformed):
    """Nobody looks at people without saying why."""

    code = "purpose_missing"
    title = "Say first for what you look at people."


def read_purpose(code: str, words: str) -> str:
    """The purpose as it is kept: one of :data:`PURPOSES`, with the words of ``other`` behind a colon.

    Raises:
        PurposeMissing: none was chosen, or ``other`` without words.
    """
    told = words.strip()[:REASON_LETTERS]
    if code not in PURPOSES or (code == "other" and not told):
        raise PurposeMissing
    return f"other: {told}" if code == "other" else code


async def say_purpose(conn: AsyncConnection, *, act: Act, session_id: UUID, purpose: str) -> None:
    """Keep in the session for what people are looked at from now on."""
    await repository.keep_purpose(conn, session_id=session_id, purpose=purpose)
    await note(conn, act=act, done="purpose_said", purpose=purpose)


async def find_people(
    conn: AsyncConnection, *, act: Act, purpose: str | None, query: str
) -> list[repository.FoundPerson]:
    """Registrants by login id, name or reading in any common writing, telephone number in any writing, or birth date.

    Each one who is shown is written down as looked up. By reading, 50 at most.

    Raises:
        PurposeMissing: see :func:`read_purpose`.
    """
    if not purpose:
        raise PurposeMissing
    folded = fold_for_search(query)
    if not folded:
        return []
    found = await repository.find_people(
        conn,
        folded=folded,
        login_key=login_key(query, act.terms.login),
        phone_key=phone_key(query),
        birth_date=read_date(query),
        at_most=FOUND_AT_MOST,
    )
    for one in found:
        await note_look(conn, act=act, purpose=purpose, registrant_id=one.registrant_id, done="person_found")
    return found


async def note_look(
    conn: AsyncConnection, *, act: Act, purpose: str | None, registrant_id: UUID, done: str = "person_seen"
) -> None:
    """Write down that somebody's data were looked at, and for what.

    Raises:
        PurposeMissing: nobody said for what.
    """
    await note(conn, act=act, done=done, registrant_id=registrant_id, purpose=purpose)


async def note(  # noqa: PLR0913  # what the record has columns for
    conn: AsyncConnection,
    *,
    act: Act,
    done: str,
    registrant_id: UUID | None = None,
    subject: tuple[str, str] | None = None,
    purpose: str | None = None,
    why: str | None = None,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write down what a member of staff did; ``subject`` is its kind and id where it is no registrant.

    Raises:
        PurposeMissing: it was about a registrant, and nobody said for what.
    """
    if registrant_id is not None and not purpose:
        raise PurposeMissing
    kind, of = subject or (("registrant", str(registrant_id)) if registrant_id else ("staff", str(act.staff_id)))
    entry = AuditEntry(
        entry_id=new_id(),
        at=act.now,
        account_id=act.account_id,
        staff_name=act.staff_name,
        act=done,
        subject_kind=kind,
        subject_id=of,
        why=why,
        facts=facts or {},
        registrant_id=registrant_id,
        purpose=purpose,
    )
    await repository.add_entry(conn, entry)

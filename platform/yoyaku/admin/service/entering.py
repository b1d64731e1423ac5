"""Entering somebody's application at the counter, with the papers that lie there."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.helping import say_in_inbox
from yoyaku.admin.service.looking import note
from yoyaku.admin.service.persons import decide, issue_code
from yoyaku.extension.identity import ClerkSaw
from yoyaku.registration.act import Act
from yoyaku.registration.policy.form import Application
from yoyaku.registration.service.applying import Applied, apply_for_registration
from yoyaku.registration.service.details import Profile
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.service.identity_views import open_checks

ENTERED_FOR = "counter"
"""For what a clerk sees whom they enter, where they have not said another purpose."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An application with what the clerk saw of papers (``None``: looked at another time).

    ``apart_why``: why somebody of the same name and birth date is another person.
    """

    application: Application
    saw: ClerkSaw | None = None
    apart_why: str | None = None
    purpose: str = ENTERED_FOR


@dataclass(frozen=True, kw_only=True)
class Entered:
    """Somebody who is registered now, and the one-time code that is shown once; none for a form sent again."""

    applied: Applied
    profile: Profile | None = None
    code: str | None = field(default=None, repr=False)


async def enter_application(conn: AsyncConnection, *, act: Act, means: IdentityMeans, entry: Entry) -> Entered:
    """Register somebody, decide their check by the papers on the counter, and issue their first code: all or nothing.

    Raises:
        ApplicationRefused: with every fault of the form.
        AnswerRefused: a paper is missing.
    """
    async with conn.begin_nested():
        applied = await apply_for_registration(
            conn,
            act=act,
            seal=means.seal,
            application=entry.application,
            distinct_person_why=entry.apart_why,
            means=means,
        )
        if applied.again:
            return Entered(applied=applied)
        await _note_entry(conn, act, entry, applied)
        await say_in_inbox(conn, act=act, registrant_id=applied.registrant_id, done="registration_entered")
        if entry.saw is not None:
            await _decide_visit(conn, act, means, entry, applied.registrant_id)
        if entry.application.way != "counter":
            return Entered(applied=applied)
        profile, code = await issue_code(
            conn, act=act, seal=means.seal, registrant_id=applied.registrant_id, purpose=entry.purpose
        )
        return Entered(applied=applied, profile=profile, code=code)


async def _note_entry(conn: AsyncConnection, act: Act, entry: Entry, applied: Applied) -> None:
    sent = entry.application
    await note(
        conn,
        act=act,
        done="registration_entered",
        registrant_id=applied.registrant_id,
        purpose=entry.purpose,
        why=entry.apart_why,
        facts={"user_class": sent.user_class, "way": sent.way, "by_proxy": sent.by_proxy},
    )


async def _decide_visit(
    conn: AsyncConnection, act: Act, means: IdentityMeans, entry: Entry, registrant_id: UUID
) -> None:
    checks = await open_checks(conn, act=act, means=means, registrant_id=registrant_id)
    found = next((one.check_id for one in checks if one.asks == "visit" and one.check_id is not None), None)
    if found is not None and entry.saw is not None:
        await decide(conn, act=act, means=means, check_id=found, saw=entry.saw, purpose=entry.purpose)

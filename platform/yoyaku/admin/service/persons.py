"""What the counter does for somebody's registration; each act is written down with who did it and for what."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.helping import say_in_inbox
from yoyaku.admin.service.looking import note
from yoyaku.extension.identity import ClerkSaw
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.repository.checks import read_check
from yoyaku.registration.service.details import Profile, read_profile
from yoyaku.registration.service.identity import decide_check
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.service.identity_outcome import Answered
from yoyaku.registration.service.mail import want_mail
from yoyaku.registration.service.privacy import anonymise
from yoyaku.registration.service.setting import issue_clerk_code
from yoyaku.registration.service.stages import renew_registration


async def issue_code(
    conn: AsyncConnection, *, act: Act, seal: Seal, registrant_id: UUID, purpose: str | None
) -> tuple[Profile, str]:
    """A one-time code with which somebody sets their password; it is seen here and never again.

    Raises:
        NotFound: there is no such registration, or it has no account.
    """
    profile = await read_profile(conn, registrant_id=registrant_id)
    if profile.row.account_id is None or profile.row.anonymised_at is not None:
        raise NotFound(what="account")
    code = await issue_clerk_code(conn, act=act, seal=seal, account_id=profile.row.account_id)
    await note(conn, act=act, done="code_issued", registrant_id=registrant_id, purpose=purpose)
    await say_in_inbox(conn, act=act, registrant_id=registrant_id, done="code_issued")
    return profile, code


async def decide(
    conn: AsyncConnection, *, act: Act, means: IdentityMeans, check_id: UUID, saw: ClerkSaw, purpose: str | None
) -> Answered:
    """Decide a check of identity.

    Raises:
        NotFound, CheckClosed, StepUnknown, AnswerRefused, AlreadyRegistered: nothing was changed.
    """
    check = await read_check(conn, check_id=check_id)
    if check is None:
        raise NotFound(what="identity check")
    answered = await decide_check(conn, act=act, means=means, check_id=check_id, saw=saw)
    await note(
        conn,
        act=act,
        done="check_decided",
        registrant_id=check.registrant_id,
        subject=("identity_check", str(check_id)),
        purpose=purpose,
        facts={"state": answered.state, "step": check.step, "papers": dict(saw.papers), "by_proxy": saw.by_proxy},
    )
    return answered


async def correct_mail(
    conn: AsyncConnection, *, act: Act, registrant_id: UUID, email: str, purpose: str | None
) -> None:
    """Note an address of mail for somebody; they verify it by its link.

    Raises:
        MailMalformed, MailUnchanged, MailTaken, MailJustSent: nothing was changed.
    """
    await want_mail(conn, act=act, registrant_id=registrant_id, email=email)
    await note(conn, act=act, done="mail_corrected", registrant_id=registrant_id, purpose=purpose)
    await say_in_inbox(conn, act=act, registrant_id=registrant_id, done="mail_corrected")


async def renew(conn: AsyncConnection, *, act: Act, registrant_id: UUID, validity: str, purpose: str | None) -> date:
    """Let an expiry be later; returns the last day.

    Raises:
        NothingToRenew, RenewalNotOpen: nothing was changed.
    """
    until = await renew_registration(conn, act=act, registrant_id=registrant_id, validity=validity, by="clerk")
    facts = {"validity": validity, "until": until.isoformat()}
    await note(conn, act=act, done="registration_renewed", registrant_id=registrant_id, purpose=purpose, facts=facts)
    await say_in_inbox(conn, act=act, registrant_id=registrant_id, done="registration_renewed")
    return until


async def end_on_request(
    conn: AsyncConnection, *, act: Act, registrant_id: UUID, purpose: str | None, why: str
) -> None:
    """End a registration because its owner asks for it; their data go.

    Raises:
        StillTied: there are bookings to come or money is owed.
    """
    await anonymise(conn, act=act, registrant_id=registrant_id, why="asked")
    await note(conn, act=act, done="registration_ended", registrant_id=registrant_id, purpose=purpose, why=why)

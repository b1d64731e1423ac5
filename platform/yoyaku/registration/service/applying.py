"""Applying to be registered: one transaction from the form to a registration with a way to log in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy import LoginIdTaken, check_login_id
from yoyaku.registration.policy.eligibility import born_on, check_application
from yoyaku.registration.policy.form import (
    Answers,
    Application,
    ApplicationRefused,
    FieldFault,
    find_class,
)
from yoyaku.registration.policy.login import LoginIdMalformed
from yoyaku.registration.policy.mail import MailMalformed, MailTaken
from yoyaku.registration.policy.passwords import PasswordPatternRefused, PasswordTooWeak, find_password_faults
from yoyaku.registration.policy.person import Person, person_of, registered_fault
from yoyaku.registration.repository import applicants
from yoyaku.registration.repository.applicants import ProfileRow
from yoyaku.registration.repository.events import tell
from yoyaku.registration.service.accounts import CreatedLogin, account_exists, create_login
from yoyaku.registration.service.application_rows import Case, member_rows, registrant_row
from yoyaku.registration.service.identity import begin_checks
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.service.mail import want_mail
from yoyaku.registration.service.persons import person_key
from yoyaku.registration.service.stages import begin_registration

_FIELDS: Final[Mapping[type[YoyakuError], str]] = {LoginIdTaken: "login_id", MailTaken: "email", MailMalformed: "email"}
"""At which field a refusal stands that came only when storing; any other is about the password."""

__all__ = ["Application", "ApplicationRefused", "Applied", "apply_for_registration"]


@dataclass(frozen=True, kw_only=True)
class Applied:
    """A registration that was just made: its login id, what is known of its password, and its first stage.

    ``again``: it had been made already, by the same form sent before.
    """

    registrant_id: UUID
    account_id: UUID
    login_id: str
    password_state: Literal["own", "initial", "none"]
    stage: str
    again: bool = False


async def apply_for_registration(
    conn: AsyncConnection,
    *,
    act: Act,
    seal: Seal,
    application: Application,
    distinct_person_why: str | None = None,
    means: IdentityMeans | None = None,
) -> Applied:
    """Register somebody at the first stage of their class; with ``means`` their checks of identity begin too.

    ``distinct_person_why``: a clerk says why somebody of the same name and birth date is another person.

    Raises:
        ApplicationRefused: with every fault; nothing was stored.
    """
    before = await _sent_before(conn, application)
    if before is not None:
        return before
    case = await _examine(conn, act, application)
    person = person_of(act.terms, case.chosen, case.answers)
    key = None if person is None else await _key_of(conn, case, person, seal, distinct_person_why)
    try:
        async with conn.begin_nested():  # whatever refuses now leaves nothing behind
            if not await applicants.add_applicant(conn, {**registrant_row(case), "person_key": key}):
                return await _lost_race(conn, case, person, key)
            created = await _add_login(conn, case)
            await _follow_up(conn, case, created, distinct_person_why)
    except (LoginIdTaken, PasswordTooWeak, PasswordPatternRefused, MailTaken, MailMalformed) as error:
        raise ApplicationRefused([_fault(_FIELDS.get(type(error), "password"), error)]) from error
    if means is not None:
        await begin_checks(conn, act=act, means=means, registrant_id=case.registrant_id)
    return _applied(case, created)


async def _sent_before(conn: AsyncConnection, application: Application) -> Applied | None:
    if application.form_key is None:
        return None
    row = await applicants.read_profile(conn, registrant_id=UUID(application.form_key))
    return None if row is None else _made_before(row)


async def _examine(conn: AsyncConnection, act: Act, application: Application) -> Case:
    """The application, read and found without fault in itself."""
    answers = check_application(act.terms, application, today=act.today)
    faults = [*answers.faults, *await _login_faults(conn, act, application, answers)]
    chosen = find_class(act.terms, application.user_class)
    if chosen is None or faults:
        raise ApplicationRefused(faults)
    return Case(act=act, application=application, chosen=chosen, answers=answers)


async def _key_of(
    conn: AsyncConnection, case: Case, person: Person, seal: Seal, distinct_person_why: str | None
) -> bytes:
    """By which the database tells people apart; refused where it is taken already."""
    if distinct_person_why is not None:
        return person_key(seal, person, apart=case.registrant_id)
    key = person_key(seal, person)
    same = await applicants.find_same_person(conn, person_key=key)
    if same is not None:
        raise ApplicationRefused([_registered_already(case, person, same)])
    return key


def _made_before(row: ProfileRow) -> Applied:
    if row.account_id is None or row.login_id is None:
        raise LookupError("a registration that was applied for has no account")
    return Applied(
        registrant_id=row.registrant_id,
        account_id=row.account_id,
        login_id=row.login_id,
        password_state=row.password_state,  # type: ignore[arg-type]  # as the database's check says
        stage=row.stage,
        again=True,
    )


def _applied(case: Case, created: CreatedLogin) -> Applied:
    return Applied(
        registrant_id=case.registrant_id,
        account_id=created.account_id,
        login_id=created.login_id,
        password_state=created.password_state,
        stage=case.stage,
    )


async def _login_faults(
    conn: AsyncConnection, act: Act, application: Application, answers: Answers
) -> list[FieldFault]:
    """What is wrong with the id and the password that somebody chose, all at once."""
    login, login_id = act.terms.login, application.login_id or ""
    faults = []
    if login.issued is None:
        try:
            check_login_id(login_id, login)
            if await account_exists(conn, terms=login, login_id=login_id):
                faults.append(_fault("login_id", LoginIdTaken(login_id=login_id)))
        except LoginIdMalformed as error:
            faults.append(_fault("login_id", error))
    if application.password is not None:
        wrong = find_password_faults(application.password, login=login, login_id=login_id, personal=_personal(answers))
        faults += [_fault("password", error) for error in wrong[:1]]
    return faults


def _fault(field: str, error: YoyakuError) -> FieldFault:
    return FieldFault(field=field, code=error.code, error=error)


def _personal(answers: Answers) -> list[str]:
    """What others may know of somebody: no password is made of it."""
    return [
        value if isinstance(value, str) else value.isoformat()
        for value in answers.values.values()
        if value is not True and value is not False
    ]


def _registered_already(case: Case, person: Person, same: ProfileRow) -> FieldFault:
    """Whoever wrote the same address of mail and has not got on is told to go on; anyone else learns no more."""
    email = case.answers.text("email")
    theirs = same.email is not None and email is not None and same.email.casefold() == email.casefold()
    unfinished = theirs and same.stage == case.stage
    one = case.act.terms.one_per_person
    return registered_fault(person, unfinished=unfinished, refusal=one.refusal if one else None)


async def _lost_race(conn: AsyncConnection, case: Case, person: Person | None, key: bytes | None) -> Applied:
    """The same form was sent twice at once, or the same person applied twice."""
    before = await applicants.read_profile(conn, registrant_id=case.registrant_id)
    if before is not None:
        return _made_before(before)
    same = None if key is None else await applicants.find_same_person(conn, person_key=key)
    if person is None or same is None:
        raise LookupError("a registration was not stored, and none stands in its way")
    raise ApplicationRefused([_registered_already(case, person, same)])


async def _add_login(conn: AsyncConnection, case: Case) -> CreatedLogin:
    born = born_on(case.act.terms, case.chosen, case.answers)
    return await create_login(
        conn,
        act=case.act,
        registrant_id=case.registrant_id,
        login_id=case.application.login_id,
        password=case.application.password,
        birth_date=born[1] if born else None,
        personal=_personal(case.answers),
    )


async def _follow_up(conn: AsyncConnection, case: Case, created: CreatedLogin, distinct_person_why: str | None) -> None:
    """Everything that hangs on a new registration: members, mail to verify, what is told, and how long it is kept."""
    await applicants.add_members(conn, member_rows(case))
    await begin_registration(conn, act=case.act, registrant_id=case.registrant_id)
    facts = {
        "account_id": str(created.account_id),
        "login_id": created.login_id,
        "password_state": created.password_state,
        "stage": case.stage,
        "way": case.application.way,
        "by_proxy": case.application.by_proxy,
    }
    if distinct_person_why is not None:
        facts["distinct_person_why"] = distinct_person_why
    await tell(conn, kind="registration_applied", registrant_id=case.registrant_id, facts=facts)
    email = case.answers.text("email")
    if email is not None:
        await want_mail(conn, act=case.act, registrant_id=case.registrant_id, email=email)

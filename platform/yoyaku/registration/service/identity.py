"""Checks of identity: begun, answered and decided, by the plugins that the rules name."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.extension.identity import (
    Answer,
    AnswerRefused,
    CameBack,
    ClerkSaw,
    EnterCode,
    GoTo,
    ProviderFailed,
    SentFile,
    VisitCounter,
)
from yoyaku.extension.registry import identity_plugin
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.registration.act import Act
from yoyaku.registration.policy.identity import CheckClosed, StepUnknown, step_of, steps_for
from yoyaku.registration.repository import checks as repository
from yoyaku.registration.repository.checks import CheckedPerson, CheckRow
from yoyaku.registration.service.identity_keeping import keeping_of, open_keeping, seal_keeping
from yoyaku.registration.service.identity_means import IdentityMeans, context_of, facts_of
from yoyaku.registration.service.identity_outcome import Answered, OpenCase, delete_documents, take_outcome
from yoyaku.registration.terms import IdentityStep, RegistrationTerms

AT_ONCE: Final = 4
"""So many requests of a process may wait for a provider; a provider that hangs must not take every connection."""
_TALKS = asyncio.Semaphore(AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class BegunCheck:
    """A check that is open; ``go_to`` is the provider's page where the person leaves for one."""

    check_id: UUID
    go_to: str | None = None


async def begin_checks(conn: AsyncConnection, *, act: Act, means: IdentityMeans, registrant_id: UUID) -> None:
    """Bring a person's open checks into line with their stage: begin what is due, give up what is not theirs any more.

    What leaves for a provider begins when the person does; what cannot begin yet (a letter without an address) waits.
    """
    person = await get_person(conn, registrant_id=registrant_id)
    steps = steps_for(act.terms, facts_of(person, today=act.today))
    given_up = await repository.abandon_checks(
        conn, registrant_id=registrant_id, except_steps=[step.code for step in steps]
    )
    for check_id in given_up:
        await delete_documents(conn, check_id=check_id, now=act.now)
    done = {row.step for row in await repository.checks_of(conn, registrant_id=registrant_id) if is_done(row, person)}
    for step in steps:
        if step.code in done or identity_plugin(step.plugin).begins_with is GoTo:
            continue
        with contextlib.suppress(AnswerRefused):
            await begin_check(conn, act=act, means=means, registrant_id=registrant_id, step_code=step.code)


async def begin_check(
    conn: AsyncConnection, *, act: Act, means: IdentityMeans, registrant_id: UUID, step_code: str
) -> BegunCheck:
    """Begin one check, or go on with the one that is open; a provider is always gone to anew.

    Raises:
        StepUnknown: the rules have none such for this person now.
        AnswerRefused, ProviderFailed, SecretMissing: it could not begin; nothing was changed.
    """
    person = await get_person(conn, registrant_id=registrant_id)
    step = step_of(act.terms, step_code, facts_of(person, today=act.today))
    check = await repository.find_open_check(conn, registrant_id=registrant_id, step=step.code, lock=True)
    plugin = identity_plugin(step.plugin)
    is_current = check is not None and not _is_over(check, means, real_now=act.real_now)
    if check is not None and (check.state == "submitted" or (is_current and plugin.begins_with is not GoTo)):
        return BegunCheck(check_id=check.check_id)
    check_id = check.check_id if check else new_id()
    context = context_of(act=act, means=means, step=step, person=person, check_id=check_id)
    begun = await plugin.begin(context)
    keeping = keeping_of(begun.step, dict(begun.kept))
    values = {"kept": seal_keeping(keeping, means.seal), "letter_due": keeping.letter is not None}
    if check is not None:
        await repository.change_check(conn, check_id=check_id, values={**values, "letter_sent_at": None})
    elif not await repository.add_check(conn, {**_new_row(act, step, person, check_id), **values}):
        raise CheckClosed(step=step.code)  # begun twice in the same moment: the other one counts
    return BegunCheck(check_id=check_id, go_to=begun.step.url if isinstance(begun.step, GoTo) else None)


async def answer_check(
    conn: AsyncConnection, *, act: Act, means: IdentityMeans, registrant_id: UUID, step_code: str, answer: Answer
) -> Answered:
    """Tell a check what the person sent, typed or came back with.

    Nothing is locked while a provider is asked. A refusal that is returned was counted; one that is raised changed
    nothing.

    Raises:
        StepUnknown, CheckClosed: there is nothing to answer.
        AnswerRefused, AlreadyRegistered, ProviderFailed, SecretMissing: everything is as it was.
    """
    person = await get_person(conn, registrant_id=registrant_id)
    step = step_of(act.terms, step_code, facts_of(person, today=act.today))
    asks_provider = isinstance(answer, CameBack)
    check = await repository.find_open_check(conn, registrant_id=registrant_id, step=step.code, lock=not asks_provider)
    if check is None or (check.state == "submitted" and not isinstance(answer, SentFile)):
        raise CheckClosed(step=step.code)
    keeping = open_keeping(check.kept, means.seal)
    context = context_of(act=act, means=means, step=step, person=person, check_id=check.check_id)
    plugin = identity_plugin(step.plugin)
    if asks_provider:
        if _TALKS.locked():
            raise ProviderFailed(reason="busy")
        async with _TALKS:
            outcome = await plugin.receive(context, kept=keeping.plugin, answer=answer)
        await _lock_unchanged(conn, check)
    else:
        outcome = await plugin.receive(context, kept=keeping.plugin, answer=answer)
    case = OpenCase(check=check, keeping=keeping, step=step)
    answered = await take_outcome(conn, act=act, seal=means.seal, case=case, outcome=outcome)
    if answered.state == "approved":
        await begin_checks(conn, act=act, means=means, registrant_id=registrant_id)
    return answered


async def decide_check(
    conn: AsyncConnection, *, act: Act, means: IdentityMeans, check_id: UUID, saw: ClerkSaw
) -> Answered:
    """A clerk decides a check: one that was sent in, or one whose papers lie on the counter.

    Raises:
        NotFound, CheckClosed, StepUnknown: there is nothing to decide.
        AnswerRefused: something is missing (a paper, the reason of a refusal); nothing was changed.
        AlreadyRegistered: another registration is this person's.
    """
    check = await repository.read_check(conn, check_id=check_id, lock=True)
    if check is None:
        raise NotFound(what="identity check")
    step = _step_called(act.terms, check.step)
    plugin = identity_plugin(step.plugin)
    if check.state != "submitted" and not (check.state == "begun" and plugin.begins_with is VisitCounter):
        raise CheckClosed(step=check.step)
    person = await get_person(conn, registrant_id=check.registrant_id)
    context = context_of(act=act, means=means, step=step, person=person, check_id=check_id, by_proxy=saw.by_proxy)
    keeping = open_keeping(check.kept, means.seal)
    outcome = await plugin.receive(context, kept=keeping.plugin, answer=saw)
    case = OpenCase(check=check, keeping=keeping, step=step)
    answered = await take_outcome(conn, act=act, seal=means.seal, case=case, outcome=outcome)
    if answered.state == "approved":
        await begin_checks(conn, act=act, means=means, registrant_id=check.registrant_id)
    return answered


async def forget_identity(conn: AsyncConnection, *, registrant_id: UUID, now: datetime) -> None:
    """Forget whatever checks know of a person: files, who they are at providers, what was kept and noted."""
    for check_id in await repository.empty_checks(conn, registrant_id=registrant_id):
        await delete_documents(conn, check_id=check_id, now=now)
    await repository.forget_subjects(conn, registrant_id=registrant_id)


async def get_person(conn: AsyncConnection, *, registrant_id: UUID) -> CheckedPerson:
    """Whom checks are about.

    Raises:
        NotFound: there is none of that id in this service.
    """
    person = await repository.read_person(conn, registrant_id=registrant_id)
    if person is None:
        raise NotFound(what="registrant")
    return person


def is_done(check: CheckRow, person: CheckedPerson) -> bool:
    """Whether a check was passed since the person has been at their stage, so that it is not asked for again there."""
    if check.state != "approved" or check.decided_at is None:
        return False
    return person.stage_since is None or check.decided_at >= person.stage_since


def _is_over(check: CheckRow, means: IdentityMeans, *, real_now: datetime) -> bool:
    step = open_keeping(check.kept, means.seal).next_step
    return isinstance(step, EnterCode) and step.expires_at is not None and step.expires_at <= real_now


async def _lock_unchanged(conn: AsyncConnection, check: CheckRow) -> None:
    again = await repository.read_check(conn, check_id=check.check_id, lock=True)
    if again is None or again.kept != check.kept or again.state != check.state:
        raise CheckClosed(step=check.step)


def _step_called(terms: RegistrationTerms, code: str) -> IdentityStep:
    found = next((step for step in terms.identity if step.code == code), None)
    if found is None:
        raise StepUnknown(step=code)
    return found


def _new_row(act: Act, step: IdentityStep, person: CheckedPerson, check_id: UUID) -> Mapping[str, Any]:
    return {
        "check_id": check_id,
        "registrant_id": person.registrant_id,
        "step": step.code,
        "plugin": step.plugin,
        "state": "begun",
        "rule_set_version": act.rule_set_version,
        "evidence": {},
        "created_at": act.now,
    }

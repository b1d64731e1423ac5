"""A registration as its owner and clerks see it, and the changes they may make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.kernel.contact import phone_key
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.seal import Seal
from yoyaku.kernel.text import search_key
from yoyaku.registration.act import Act
from yoyaku.registration.policy.eligibility import residency_of
from yoyaku.registration.policy.form import (
    AGAIN,
    MEMBERS,
    ROLE_FIELDS,
    Answer,
    Answers,
    ApplicationRefused,
    fields_asked,
    find_class,
    form_facts,
    read_fields,
)
from yoyaku.registration.policy.person import person_of, registered_fault
from yoyaku.registration.repository import applicants
from yoyaku.registration.repository.applicants import MemberRow, ProfileRow
from yoyaku.registration.service.mail import want_mail
from yoyaku.registration.service.persons import changed_key
from yoyaku.registration.terms import RegistrationField, RegistrationTerms, Stage, Way
from yoyaku.rules.condition import Value

COLUMNS: Final = ("birth_date", "postcode", "address", "phone", "email")
"""Fields of the form that have a column of their own, besides name and kana."""
_OWN: Final = frozenset({"name", "kana", *COLUMNS})
By = Literal["resident", "clerk"]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """All of a registration: the row, what it answered by field, when it expires, and the people whom a group lists."""

    row: ProfileRow
    answers: Mapping[str, Answer]
    expiries: Mapping[str, date]
    members: Sequence[MemberRow]

    @property
    def mail_verified(self) -> bool:
        """Whether the address of mail is known to be theirs."""
        return self.row.mail_verified_at is not None

    @property
    def registered_at(self) -> datetime:
        """When they applied."""
        return self.row.registered_at


def stage_of(terms: RegistrationTerms, profile: Profile) -> Stage | None:
    """The stage at which a registration is; ``None`` where today's rules have none of that code."""
    return next((stage for stage in terms.stages if stage.code == profile.row.stage), None)


def details_of(answers: Answers) -> dict[str, Any]:
    """Answers without a column of their own, as they are stored."""
    return {
        code: value.isoformat() if isinstance(value, date) else value
        for code, value in answers.values.items()
        if code not in _OWN
    }


async def read_profile(conn: AsyncConnection, *, registrant_id: UUID) -> Profile:
    """Everything about one registration.

    Raises:
        NotFound: there is none of that id in this service.
    """
    row = await applicants.read_profile(conn, registrant_id=registrant_id)
    if row is None:
        raise NotFound(what="registrant")
    own = {code: getattr(row, code) for code in sorted(_OWN)}
    answers = {**row.details, **{code: value for code, value in own.items() if value is not None}}
    return Profile(
        row=row,
        answers=answers,
        expiries={code: date.fromisoformat(day) for code, day in row.expiries.items()},
        members=await applicants.members_of(conn, group_id=registrant_id) if row.kind == "group" else (),
    )


def profile_facts(profile: Profile, terms: RegistrationTerms) -> dict[str, Value]:
    """What conditions of the form may look at, for somebody who is registered."""
    chosen = find_class(terms, profile.row.user_class)
    facts: dict[str, Value] = {} if chosen is None else form_facts(chosen, way=_way_of(profile))
    facts |= {f"form.{code}": _plain(answer) for code, answer in profile.answers.items()}
    return {
        **facts,
        "user_class": profile.row.user_class,
        "account_kind": profile.row.kind,
        "residency": profile.row.residency,
    }


def _way_of(profile: Profile) -> Way:
    """By which way's questions somebody is asked: who has no address of mail did not come by the web."""
    return "web" if profile.row.email or profile.row.email_wanted else "counter"


def changeable_fields(terms: RegistrationTerms, profile: Profile, *, by: By) -> list[RegistrationField]:
    """What this person may change of themselves, or a clerk of them. Mail and members have pages of their own."""
    asked = fields_asked(terms, profile_facts(profile, terms))
    elsewhere = {MEMBERS, "email"} if by == "resident" else {MEMBERS}
    return [one.field for one in asked if by in one.field.changed_by and one.field.code not in elsewhere]


async def change_details(
    conn: AsyncConnection,
    *,
    act: Act,
    registrant_id: UUID,
    answers: Mapping[str, str],
    by: By,
    seal: Seal | None = None,
) -> list[str]:
    """Write new answers to the fields that may be changed; whatever else is sent is left alone. Returns what changed.

    ``seal`` is needed where a name or a birth date may change by which people are told apart (one per person).

    Raises:
        NotFound: there is no such registration.
        ApplicationRefused: with every fault; nothing was changed.
    """
    profile = await read_profile(conn, registrant_id=registrant_id)
    open_to = {one.code: one for one in changeable_fields(act.terms, profile, by=by)}
    read = _read(act, profile, answers, open_to)
    kept = _as_read(act.terms, profile)
    changed = {code: read.values.get(code) for code in open_to if read.values.get(code) != kept.get(code)}
    values = (
        _columns(profile, changed) | _residency(act, profile, read) | await _new_person(conn, act, profile, read, seal)
    )
    email = changed.pop("email", None)
    if isinstance(email, str):
        await want_mail(conn, act=act, registrant_id=registrant_id, email=email)
    if changed:
        await applicants.change_profile(conn, registrant_id=registrant_id, values=values)
        await _rename_roles(conn, profile, changed)
    return [*changed, *(["email"] if email else [])]


def _read(act: Act, profile: Profile, answers: Mapping[str, str], open_to: Mapping[str, RegistrationField]) -> Answers:
    """What was typed for the open fields over what is kept for all others."""
    kept = {code: typed_text(answer) for code, answer in profile.answers.items()}
    typed = {code: answers.get(code, "") for code in open_to}
    again = {
        code + AGAIN: answers.get(code + AGAIN, "") if code in open_to else kept.get(code, "")
        for code in {*kept, *open_to}
    }
    facts = {name: value for name, value in profile_facts(profile, act.terms).items() if not name.startswith("form.")}
    read = read_fields(act.terms, facts=facts, answers={**kept, **typed, **again}, today=act.today)
    faults = [fault for fault in read.faults if fault.field.removesuffix(AGAIN) in open_to]
    if faults:
        raise ApplicationRefused(faults)
    return read


def _residency(act: Act, profile: Profile, read: Answers) -> dict[str, str | None]:
    """Where somebody belongs, where they answered it anew and the class leaves it open."""
    chosen = find_class(act.terms, profile.row.user_class)
    if chosen is None or read.values.get("residency") == profile.answers.get("residency"):
        return {}
    return {"residency": residency_of(chosen, read)}


async def _new_person(
    conn: AsyncConnection, act: Act, profile: Profile, read: Answers, seal: Seal | None
) -> dict[str, bytes]:
    """The new key where name or birth date were corrected; refused where that is somebody who is registered."""
    chosen = find_class(act.terms, profile.row.user_class)
    if chosen is None or profile.row.person_key is None:
        return {}
    before = person_of(act.terms, chosen, Answers(values=_as_read(act.terms, profile), faults=[]))
    after = person_of(act.terms, chosen, read)
    if after is None or after == before:
        return {}
    if seal is None:
        raise LookupError("a name or birth date is corrected only with the seal that tells people apart")
    key, same = await changed_key(conn, seal=seal, row=profile.row, before=before, after=after)
    if same is not None:
        one = act.terms.one_per_person
        raise ApplicationRefused([registered_fault(after, unfinished=False, refusal=one.refusal if one else None)])
    return {"person_key": key}


def _as_read(terms: RegistrationTerms, profile: Profile) -> dict[str, Answer]:
    """What is kept, as reading gives it: birth dates among the further answers are kept as text."""
    days = {one.code for one in terms.fields if one.kind == "birth_date"}
    kept = profile.answers.items()
    return {
        code: date.fromisoformat(value) if code in days and isinstance(value, str) else value
        for code, value in kept
        if value != ""
    }


def typed_text(answer: object) -> str:
    """An answer as one would type it."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return answer.isoformat() if isinstance(answer, date) else str(answer)


def _plain(answer: object) -> Value:
    return answer.isoformat() if isinstance(answer, date) else answer if isinstance(answer, str | bool | int) else None


def _columns(profile: Profile, changed: Mapping[str, Answer | None]) -> dict[str, Any]:
    """What is written where: columns of their own, or the further answers."""
    values: dict[str, Any] = {code: value for code, value in changed.items() if code in COLUMNS and code != "email"}
    names = {code: changed.get(code, getattr(profile.row, code)) or "" for code in ("name", "kana")}
    if {"name", "kana"} & set(changed):
        values |= {**names, "search_key": search_key(*(str(text) for text in names.values()))}
    if "phone" in changed:
        values["phone_key"] = phone_key(str(changed["phone"] or ""))
    more = {code: value for code, value in changed.items() if code not in _OWN}
    if more:
        merged = {**profile.row.details, **{code: _plain(value) for code, value in more.items()}}
        values["details"] = {code: value for code, value in merged.items() if value is not None}
    return values


async def _rename_roles(conn: AsyncConnection, profile: Profile, changed: Mapping[str, Answer | None]) -> None:
    """Who represents a group, and who is asked for it, stand among its members too."""
    for role, (name_field, kana_field) in ROLE_FIELDS.items():
        name, kana = changed.get(name_field), changed.get(kana_field)
        if profile.row.kind == "group" and isinstance(name, str):
            await applicants.rename_role(
                conn,
                group_id=profile.row.registrant_id,
                role=role,
                name=name,
                kana=kana if isinstance(kana, str) else None,
            )

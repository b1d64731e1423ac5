"""The demo's people against the rules of their service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from yoyaku.registration.policy import LoginIdMalformed, PasswordTooWeak, check_login_id, check_password
from yoyaku.rulebook.terms import RuleSet
from yoyaku.rules.fault import Fault, KeyPath
from yoyaku.tenancy.policy import Part, TenantFolder
from yoyaku.tenancy.terms import DemoClerk, DemoResident


def people_faults(folder: TenantFolder, rules: Mapping[str, RuleSet]) -> Iterator[Fault]:
    """What the rules of their service would refuse of the demo's residents and clerks."""
    if folder.demo is None:
        return
    for index, resident in enumerate(folder.demo.value.residents):
        at: KeyPath = ("residents", index)
        yield from _password(folder.demo, at, resident)
        if resident.service in rules:
            yield from _resident(folder.demo, at, resident, rules[resident.service])
    for index, clerk in enumerate(folder.demo.value.clerks):
        yield from _password(folder.demo, ("clerks", index), clerk)
    for index, entry in enumerate(folder.demo.value.entries):
        known = [one.login_id for one in folder.demo.value.residents if one.service == entry.service]
        if entry.login_id not in known:
            where: KeyPath = ("entries", index, "login_id")
            yield _fault("demo_value_unknown", folder.demo, where, found=entry.login_id, allowed=known)


def _resident(demo: Part, at: KeyPath, resident: DemoResident, rule_set: RuleSet) -> Iterator[Fault]:
    terms = rule_set.registration
    values = (
        ("user_class", resident.user_class, [each.code for each in terms.classes]),
        ("registration", resident.registration, [each.code for each in terms.stages]),
        ("sent_picture", resident.sent_picture, [each.code for each in terms.identity]),
    )
    for key, found, known in values:
        if found is not None and found not in known:
            yield _fault("demo_value_unknown", demo, (*at, key), found=found, allowed=known)
    try:
        check_login_id(resident.login_id, terms.login)
    except LoginIdMalformed as refused:
        facts = {"found": resident.login_id, "allowed": refused.facts["pattern"]}
        yield _fault("demo_id_malformed", demo, (*at, "login_id"), **facts)


def _password(demo: Part, at: KeyPath, person: DemoResident | DemoClerk) -> Iterator[Fault]:
    try:
        check_password(person.password, login_id=person.login_id)
    except PasswordTooWeak as refused:
        yield _fault("demo_password_weak", demo, (*at, "password"), found=refused.facts["reason"])


def _fault(code: str, demo: Part, path: KeyPath, **facts: object) -> Fault:
    return Fault(code=code, place=demo.document.place(path), path=path, facts=facts)

"""Examples of registration, tried by the policies that decide for residents: the form, passwords, ids, and expiry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final

from yoyaku.kernel.errors import YoyakuError
from yoyaku.registration.policy.eligibility import CONSENT, answered_facts, check_application
from yoyaku.registration.policy.form import Answers, Application, FieldFault, find_class, form_facts, read_fields
from yoyaku.registration.policy.identity import papers_for, residency_of, steps_for
from yoyaku.registration.policy.life import expiries_at
from yoyaku.registration.policy.login import check_login_id, login_key
from yoyaku.registration.policy.passwords import PasswordTooWeak, find_password_faults
from yoyaku.registration.policy.person import Person, person_of, registered_fault
from yoyaku.registration.terms import RegistrantClass, RegistrationTerms
from yoyaku.rulebook.scene import Decision, ExampleIncomplete, Scene
from yoyaku.rules.condition import Facts, Value, matches
from yoyaku.rules.trace import ClauseUse, Trace
from yoyaku.rules.values import Clause


def _register(scene: Scene) -> Decision:
    """A form that is sent: every fault, or the stage with what follows."""
    act, terms, today = scene.example.when, scene.rules.registration, _today(scene)
    application = Application(
        user_class=act.user_class or _missing("user_class"),
        way=act.way,
        answers=act.answers,
        consents=frozenset(act.consents),
        login_id=act.login_id,
        password=act.password,
        by_proxy=act.by_proxy,
    )
    answers = check_application(terms, application, today=today)
    chosen = find_class(terms, application.user_class)
    faults = [*answers.faults, *_faults_of_login(scene, answers)]
    if chosen is not None and not faults:
        faults += _registered_already(scene, chosen, answers)
    if chosen is None or faults:
        named = {fault.field: _code_of(fault) for fault in faults}
        return Decision({"outcome": "refused", "faults": named}, _trace_of_faults(terms, chosen, faults))
    facts = answered_facts(chosen, answers, way=act.way, today=today, by_proxy=act.by_proxy)
    return _registered(terms, chosen, answers, facts)


def _registered(
    terms: RegistrationTerms, chosen: RegistrantClass, answers: Answers, facts: Mapping[str, Value]
) -> Decision:
    stage = chosen.first_stage or terms.stages[0].code
    here: Facts = {**facts, "registration": stage}
    steps = steps_for(terms, here)
    papers = [paper.code for paper in terms.papers if any(paper in papers_for(terms, step, here) for step in steps)]
    found = {
        "outcome": "allowed",
        "stage": stage,
        "checks": [step.code for step in steps],
        "papers": papers,
        "written": {code: str(answer) for code, answer in answers.values.items()},
    }
    where = terms.classes.index(chosen)
    clause = ClauseUse(path=f"registration.classes[{where}]", reference=chosen.reference, outcome=stage)
    return Decision(found, (clause, *_uses("identity", terms.identity, steps)))


def _faults_of_login(scene: Scene, answers: Answers) -> Iterator[FieldFault]:
    """What is wrong with the id and password that somebody chose, where they chose them."""
    act, login = scene.example.when, scene.rules.registration.login
    if act.login_id is not None and login.issued is None:
        try:
            check_login_id(act.login_id, login)
        except YoyakuError as error:
            yield FieldFault(field="login_id", code=error.code)
    if act.password is not None:
        personal = [*act.personal, *(str(answer) for answer in answers.values.values())]
        faults = find_password_faults(act.password, login=login, login_id=act.login_id or "", personal=personal)
        yield from (FieldFault(field="password", code=fault.code) for fault in faults[:1])


def _registered_already(scene: Scene, chosen: RegistrantClass, answers: Answers) -> list[FieldFault]:
    terms = scene.rules.registration
    person = person_of(terms, chosen, answers)
    if person is None or not any(_same(person, other) for other in _people(scene)):
        return []
    refusal = None if terms.one_per_person is None else terms.one_per_person.refusal
    return [registered_fault(person, unfinished=False, refusal=refusal)]


def _people(scene: Scene) -> Iterator[Person]:
    """Those who are registered already."""
    terms = scene.rules.registration
    for given in scene.example.given.registrations:
        chosen = find_class(terms, given.user_class)
        if chosen is not None:
            facts = form_facts(chosen, way="counter")
            read = read_fields(terms, facts=facts, answers=given.answers, today=_today(scene))
            person = person_of(terms, chosen, read)
            if person is not None:
                yield person


def _same(one: Person, other: Person) -> bool:
    return (one.name, one.born) == (other.name, other.born)


def _code_of(fault: FieldFault) -> str:
    return fault.code if fault.error is None else fault.error.code


def _trace_of_faults(terms: RegistrationTerms, chosen: RegistrantClass | None, faults: list[FieldFault]) -> Trace:
    """The clauses that refused: a question, a condition of age or place, a consent, or the class."""
    refused = [fault.facts.get("refusal") for fault in faults]
    fields = {fault.field for fault in faults if "refusal" not in fault.facts}
    uses = [
        *_uses("eligibility", terms.eligibility, [one for one in terms.eligibility if one.refusal in refused]),
        *_uses("consents", terms.consents, [one for one in terms.consents if CONSENT + one.code in fields]),
    ]
    known = {} if chosen is None else form_facts(chosen, way="web")
    for index, field in enumerate(terms.fields):
        asked = all(matches({name: match}, known) for name, match in field.when.items() if name in known)
        if asked and field.code in fields:
            uses.append(ClauseUse(path=f"registration.fields[{index}]", reference=field.reference, outcome=field.code))
    one = terms.one_per_person
    if one is not None and one.refusal is not None and one.refusal in refused:
        uses.append(ClauseUse(path="registration.one_per_person", reference=one.reference))
    return tuple(uses) or (ClauseUse(path="registration.classes"),)


def _uses(section: str, clauses: list[Any], used: list[Any]) -> Trace:
    return tuple(
        ClauseUse(path=f"registration.{section}[{index}]", reference=_reference(clause), outcome=clause.code)
        for index, clause in enumerate(clauses)
        if clause in used
    )


def _reference(clause: Clause) -> str | None:
    return clause.reference


def _set_password(scene: Scene) -> Decision:
    """A password that somebody would have: the city's patterns, and the platform's floor under them."""
    act, login = scene.example.when, scene.rules.registration.login
    password = act.password if act.password is not None else _missing("password")
    faults = find_password_faults(password, login=login, login_id=act.login_id or "", personal=act.personal)
    city = [fault for fault in faults if not isinstance(fault, PasswordTooWeak)]
    reasons = [str(fault.facts["reason"]) if isinstance(fault, PasswordTooWeak) else "pattern" for fault in faults]
    outcome = "refused" if faults else "allowed"
    found = {
        "outcome": outcome,
        "reasons": sorted(set(reasons)),
        "city_pattern": "refused" if city else "allowed",
    }
    clause = ClauseUse(path="registration.login.password", reference=login.password.reference, outcome=outcome)
    return Decision(found, (clause,), faults[0] if faults else None)


def _login(scene: Scene) -> Decision:
    """An id as it is typed: its one spelling, and whether it has the form of the service's ids."""
    login = scene.rules.registration.login
    typed = scene.example.when.login_id or _missing("login_id")
    outcome = "allowed"
    try:
        check_login_id(typed, login)
    except YoyakuError:
        outcome = "refused"
    clause = ClauseUse(path="registration.login", reference=login.reference, outcome=outcome)
    return Decision({"outcome": outcome, "login_key": login_key(typed, login)}, (clause,))


def _reach(scene: Scene) -> Decision:
    """A stage that is reached today: the expiries that it gives."""
    terms, stage = scene.rules.registration, scene.example.when.stage or _missing("stage")
    facts = {} if scene.person is None else scene.person.facts
    given = expiries_at(terms, stage=stage, since=_today(scene), facts=facts)
    used = [one for one in terms.validity if one.code in given and one.from_stage == stage]
    days = {code: day.isoformat() for code, day in given.items()}
    return Decision({"outcome": "allowed", "stage": stage, "expiries": days}, _uses("validity", terms.validity, used))


def _verify(scene: Scene) -> Decision:
    """An address that a provider confirmed: where its person belongs."""
    terms = scene.rules.registration.residency_by_address
    residency = residency_of(scene.example.when.address or _missing("address"), terms)
    reference = None if terms is None else terms.reference
    clause = ClauseUse(path="registration.residency_by_address", reference=reference, outcome=residency)
    return Decision({"outcome": "allowed", "residency": residency or "none"}, (clause,))


def _today(scene: Scene) -> date:
    return scene.rules.civil_date(scene.now)


def _missing(name: str) -> str:
    raise ExampleIncomplete(missing=name)


REGISTRATION_ACTIONS: Final[Mapping[str, Callable[[Scene], Decision]]] = {
    "register": _register,
    "set_password": _set_password,
    "login": _login,
    "reach": _reach,
    "verify": _verify,
}

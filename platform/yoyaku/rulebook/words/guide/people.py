"""Who can register, what is needed for it, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from yoyaku.registration.terms import OpenHours, Paper, RegistrationCounter, Validity
from yoyaku.rulebook.words.guide.telling import Telling
from yoyaku.rulebook.words.pieces import Block, Bullets, Paragraph

ENDS: Final = {"same_day": "register.validity", "month_end": "register.validity_month_end"}
EVERY_MONTH: Final = 12


def register(tell: Telling) -> Iterator[Block]:
    """The section on registering."""
    terms = tell.rules.registration
    if terms.words.before_applying is not None:
        yield tell.paragraph(tell.text(terms.words.before_applying))
    yield _classes(tell)
    if terms.one_per_person is not None:
        yield tell.paragraph(tell.say("register.one_only"), terms.one_per_person)
    refused = [tell.paragraph(tell.text(clause.refusal), clause) for clause in terms.eligibility]
    if refused:
        yield tell.bullets(refused)
    if terms.papers:
        yield tell.bullets((_paper(tell, paper) for paper in terms.papers), tell.say("register.papers"))
    if terms.identity:
        yield _identity(tell)
    yield _stages(tell)
    more = [_validity(tell, validity) for validity in terms.validity]
    if terms.login.password.help is not None:
        text = tell.say("colon", name=tell.say("register.password"), text=tell.text(terms.login.password.help))
        more.append(tell.paragraph(text, terms.login.password))
    if more:
        yield tell.bullets(more)


def _classes(tell: Telling) -> Block:
    heads = [tell.say("register.class"), tell.say("register.about"), tell.say("register.ways")]
    rows = [
        (
            [
                tell.text(each.name),
                tell.text(each.description),
                tell.voice.either(tell.say(f"way.{way}") for way in each.apply_by),
            ],
            tell.source(each),
        )
        for each in tell.rules.registration.classes
        if each.apply_by
    ]
    return tell.table(tell.say("register.classes"), heads, rows)


def _paper(tell: Telling, paper: Paper) -> Paragraph:
    name = tell.text(paper.name)
    when = tell.names.condition(paper.when)
    if when:
        name = tell.say("register.paper_for", name=name, when=when)
    kinds = (("any_of", paper.any_of.values()), ("accepted", paper.accepted), ("refused", paper.refused))
    parts = [
        tell.say(f"register.{kind}", papers=tell.voice.both(map(tell.text, papers))) for kind, papers in kinds if papers
    ]
    about = tell.voice.sentences(parts)
    return tell.paragraph(tell.say("colon", name=name, text=about) if about else name, paper)


def _identity(tell: Telling) -> Bullets:
    stages = {stage.code: tell.text(stage.name) for stage in tell.rules.registration.stages}
    points = []
    for step in tell.rules.registration.identity:
        name = tell.text(step.name)
        when = tell.names.condition(step.when)
        name = tell.say("register.paper_for", name=name, when=when) if when else name
        then = tell.say("register.then", stage=stages[step.to_stage]) if step.to_stage in stages else ""
        about = tell.voice.sentences([tell.text(step.help), then])
        points.append(tell.paragraph(tell.say("colon", name=name, text=about) if about else name, step))
    return tell.bullets(points, tell.say("register.identity"))


def _stages(tell: Telling) -> Bullets:
    points = []
    for stage in tell.rules.registration.stages:
        if stage.by_clerk:
            continue
        able = tell.say("register.may_book" if stage.may_book else "register.may_not_book")
        following = tell.text(stage.next_step)
        text = able if stage.may_book else following or able
        points.append(tell.paragraph(tell.say("colon", name=tell.text(stage.name), text=text), stage))
    return tell.bullets(points, tell.say("register.stages"))


def _validity(tell: Telling, validity: Validity) -> Paragraph:
    key = ENDS.get(validity.ends, "register.validity_fiscal")
    name = tell.text(validity.name)
    when = tell.names.condition(validity.when)
    name = tell.say("bracket", name=name, text=when) if when else name
    parts = [tell.say(key, name=name, months=validity.months)]
    if validity.renewal_months_before:
        parts.append(tell.say("register.renewal", months=validity.renewal_months_before))
    return tell.paragraph(tell.voice.sentences(parts), validity)


def counters(tell: Telling) -> Iterator[Block]:
    """Where one registers in person, and when."""
    terms = tell.rules.registration
    hours = {pattern.code: _pattern(tell, pattern.hours, tell.text(pattern.remark)) for pattern in terms.reception}
    names = {counter.code: tell.text(counter.name) for counter in terms.counters}
    rows = [(_counter(tell, counter, hours, names), tell.source(counter)) for counter in terms.counters]
    if rows:
        heads = [tell.say("contact.name"), tell.say("contact.phone"), tell.say("contact.hours")]
        yield tell.table(tell.say("contact.table"), heads, rows)


def _counter(tell: Telling, counter: RegistrationCounter, hours: dict[str, str], names: dict[str, str]) -> list[str]:
    where = next((facility for facility in tell.facilities if facility.code == counter.facility), None)
    phone = counter.phone or (where.phone if where else None) or ""
    if counter.handled_at in names:
        return [tell.text(counter.name), phone, tell.say("contact.handled_at", name=names[counter.handled_at])]
    return [tell.text(counter.name), phone, hours.get(counter.pattern or "", "")]


def _pattern(tell: Telling, hours: list[OpenHours], remark: str) -> str:
    lines = []
    for one in hours:
        days = tell.voice.either(tell.say(f"open_on.{day}") for day in one.days)
        at = tell.say("from_until", opens=tell.voice.clock(one.opens), closes=tell.voice.clock(one.closes))
        months = ""
        if one.months and len(one.months) < EVERY_MONTH:
            months = tell.voice.either(tell.names.value("use_month", month) for month in one.months)
        lines.append(tell.say("colon", name=tell.voice.both([months, days]), text=at))
    return tell.say("join.lines").join(filter(None, [*lines, remark]))

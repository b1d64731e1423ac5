"""The lotteries: their days, what one may enter, how it is drawn, what a win brings."""

from __future__ import annotations

from collections.abc import Iterator

from yoyaku.lottery.rules import is_ordered
from yoyaku.lottery.terms import EntryMost, LotteryScheme
from yoyaku.rulebook.words.guide.applying import length_words
from yoyaku.rulebook.words.guide.telling import Telling
from yoyaku.rulebook.words.pieces import Block, Paragraph, Table


def lotteries(tell: Telling) -> Iterator[Block]:
    """The section on lotteries, one scheme after the other."""
    for scheme in tell.rules.lottery.schemes:
        yield from _scheme(tell, scheme)


def _scheme(tell: Telling, scheme: LotteryScheme) -> Iterator[Block]:
    of = tell.names.condition(scheme.when)
    channels = tell.voice.either(tell.names.value("channel", code) for code in scheme.channels)
    yield _days(tell, scheme)
    points = [tell.paragraph(tell.say("lottery.of", when=of), scheme)] if of else []
    points.append(tell.paragraph(tell.say("lottery.by", channels=channels)))
    for requirement in scheme.requires:
        text = tell.voice.sentences([tell.text(requirement.words), tell.text(requirement.next_step)])
        points.append(tell.paragraph(text, requirement))
    points += _entering(tell, scheme)
    yield tell.bullets(points)
    yield tell.bullets(_drawing(tell, scheme))


def _days(tell: Telling, scheme: LotteryScheme) -> Table:
    moments = [
        ("opens", scheme.opens),
        ("closes", scheme.closes),
        ("draws", scheme.draws),
        ("announces", scheme.announces),
        ("accepts", scheme.win.until),
        ("releases", scheme.releases),
    ]
    rows = [
        ([tell.say(f"lottery.{code}"), tell.moment(moment)], tell.source(moment))
        for code, moment in moments
        if moment is not None
    ]
    caption = tell.say("lottery.days", name=tell.text(scheme.name))
    return tell.table(caption, [tell.say("lottery.step"), tell.say("lottery.when")], rows)


def _entering(tell: Telling, scheme: LotteryScheme) -> Iterator[Paragraph]:
    entry = scheme.entry
    yield tell.paragraph(
        tell.say("lottery.at_most" if is_ordered(scheme) else "lottery.at_most_any", n=entry.at_most), entry
    )
    if entry.parts_at_most > 1:
        yield tell.paragraph(tell.say("lottery.set", n=entry.parts_at_most))
    if entry.one_facility != "none":
        yield tell.paragraph(tell.say(f"lottery.one_facility.{entry.one_facility}"))
    if entry.own_overlap == "forbidden":
        yield tell.paragraph(tell.say("lottery.overlap"))
    if entry.preferences_for_first_only:
        yield tell.paragraph(tell.say("lottery.first_only"))
    for most in entry.most:
        when = tell.names.condition(most.when)
        text = tell.voice.both(_most(tell, most))
        key = "lottery.most" if when else "lottery.most_any"
        yield tell.paragraph(tell.say(key, when=when, most=text), most)


def _most(tell: Telling, most: EntryMost) -> Iterator[str]:
    if most.minutes is not None:
        yield tell.say("most.minutes", length=length_words(tell, most.minutes))
    for unit, count in (("surfaces", most.surfaces), ("nights", most.nights), ("people", most.people)):
        if count is not None:
            yield tell.say(f"most.{unit}", n=count)


def _drawing(tell: Telling, scheme: LotteryScheme) -> Iterator[Paragraph]:
    draw, win = scheme.draw, scheme.win
    algorithm = draw.algorithm if draw.algorithm in {"rounds", "per_slot"} else "other"
    yield tell.paragraph(tell.say(f"lottery.{algorithm}"), draw)
    if draw.wins_at_most is not None:
        yield tell.paragraph(tell.say("lottery.wins", n=draw.wins_at_most))
    if win.accept == "automatic":
        yield tell.paragraph(tell.say("lottery.automatic"), win)
    elif win.until is None:
        yield tell.paragraph(tell.say("lottery.required_open"), win)
    else:
        yield tell.paragraph(tell.say("lottery.required", until=tell.moment(win.until)), win)
    if win.accept == "required" and win.decline:
        yield tell.paragraph(tell.say("lottery.decline"))
    yield tell.paragraph(tell.say("lottery.proof"))

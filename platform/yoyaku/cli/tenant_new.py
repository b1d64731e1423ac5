"""``yoyaku tenant new``: a new city's folder and first rules from a few answers."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from yoyaku.admin.service.onboarding.answers import Answers
    from yoyaku.admin.service.onboarding.folder import Places
    from yoyaku.admin.service.onboarding.still_open import StillOpen
    from yoyaku.ui.words import Words

Tongue = Literal["ja", "en"]


@click.command("new")
@click.argument("answers_file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--answer", "given", multiple=True, metavar="FIELD=ANSWER", help="May be repeated; see --fields.")
@click.option("--fields", "list_fields", is_flag=True, help="List the fields with their questions and defaults.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not answered is as the defaults say.")
@click.option("--tenants", type=click.Path(file_okay=False, path_type=Path), default="tenants", show_default=True)
@click.option("--rulesets", type=click.Path(file_okay=False, path_type=Path), default="rulesets", show_default=True)
@click.option("--base-domain", envvar="BASE_DOMAIN", default="localhost", show_default=True)
@click.option("--lang", "tongue", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def new_command(  # noqa: PLR0913  # the command's options
    answers_file: Path | None,
    *,
    given: tuple[str, ...],
    list_fields: bool,
    yes: bool,
    tenants: Path,
    rulesets: Path,
    base_domain: str,
    tongue: Tongue,
) -> None:
    """Write the folder and the first rules of a new city from answers: of ANSWERS_FILE (YAML), options, or as asked.

    What is written passes `yoyaku tenant check` and `yoyaku rules test`; what is still open is listed.
    """
    from yoyaku.admin.service.onboarding.folder import Places

    words = words_of(tongue)
    if list_fields:
        _list_fields(words)
        return
    known = {**_from_file(answers_file), **_from_options(given)}
    places = Places(tenants=tenants, rule_sets=rulesets)
    if not yes:
        known = _asked(words, known)
    _make(words, known, places=places, base_domain=base_domain)


def words_of(tongue: Tongue) -> Words:
    """The platform's own words."""
    from yoyaku.ui.wording import Wording
    from yoyaku.ui.words import Words

    return Words(language=tongue, wording=Wording(tongue))


def _make(words: Words, known: Mapping[str, str], *, places: Places, base_domain: str) -> None:
    from yoyaku.admin.service.onboarding.answers import AnswersWrong, read_answers
    from yoyaku.admin.service.onboarding.folder import write_city
    from yoyaku.admin.service.onboarding.still_open import still_open
    from yoyaku.kernel.clock import read_clock

    try:
        answers = read_answers(known)
    except AnswersWrong as wrong:
        for field, why in wrong.wrong.items():
            said = words.say(f"onboard.wrong.{why}", **wrong.facts)
            click.echo(f"{field} ({words.say(f'onboard.field.{field}')}): {said}", err=True)
        sys.exit(1)
    checked = write_city(answers, places=places, base_domain=base_domain, today=read_clock().date())
    _tell(words, answers, places, still_open(checked, places=places))


def _tell(words: Words, answers: Answers, places: Places, found: list[StillOpen]) -> None:
    click.echo(f"{places.tenants / answers.slug}\n{places.rule_sets / answers.rule_set}\n")
    click.echo(words.say("onboard.open_title", count=len(found)))
    for one in found:
        lines = f" ({words.say('onboard.lines', lines=', '.join(map(str, one.lines)))})" if one.lines else ""
        click.echo(f"  {one.file}: {words.say(f'onboard.open.{one.what}')}{lines}")


def _fields() -> list[str]:
    from yoyaku.admin.service.onboarding.answers import Answers

    return list(Answers.__struct_fields__)


def _list_fields(words: Words) -> None:
    from yoyaku.admin.service.onboarding.answers import Answers

    for field in _fields():
        click.echo(f"{field}\t{words.say(f'onboard.field.{field}')}\t{getattr(Answers(), field)}")


def _from_file(file: Path | None) -> dict[str, str]:
    from yoyaku.rules.document import read_file
    from yoyaku.rules.fault import DocumentRefused

    if file is None:
        return {}
    document = read_file(file)
    if document.faults:
        raise DocumentRefused(document.faults)
    if not isinstance(document.value, dict):
        raise click.UsageError(f"{file}: FIELD: ANSWER")
    return _only_known({str(field): str(answer) for field, answer in document.value.items()})


def _from_options(given: tuple[str, ...]) -> dict[str, str]:
    return _only_known({field: answer for field, _, answer in (one.partition("=") for one in given)})


def _only_known(answers: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(answers) - set(_fields()))
    if unknown:
        raise click.UsageError(
            f"There is no question {', '.join(unknown)}; --fields lists them. その質問はありません。"
        )
    return answers


def _asked(words: Words, known: Mapping[str, str]) -> dict[str, str]:
    """What is not known yet, asked one by one with the default."""
    from yoyaku.admin.service.onboarding.answers import Answers

    answers = dict(known)
    for field in _fields():
        if field not in answers:
            default = getattr(Answers(), field)
            answers[field] = click.prompt(
                words.say(f"onboard.field.{field}"), default=default, show_default=bool(default)
            )
    return answers

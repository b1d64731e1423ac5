"""``yoyaku rules``: check, test, explain rule sets, print their schema; ``rules_words`` puts them into words."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import click

from yoyaku.cli.faults import Tongue, print_faults
from yoyaku.cli.rule_files import export_command, import_command
from yoyaku.cli.rules_words import diff_command, guide_command, timeline_command

Format = Literal["text", "json"]

_paths = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
_tenants = click.option(
    "--tenants",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the tenant folders, whose facilities the rules speak of (default: beside the rule sets).",
)
_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
_tongue = click.option("--lang", "tongue", type=click.Choice(["ja", "en", "both"]), default="both", show_default=True)


@click.group()
def rules() -> None:
    """Check, test, explain rule sets; print schema, guide and timeline; compare; database to files and back."""


rules.add_command(export_command)
rules.add_command(import_command)
rules.add_command(guide_command)
rules.add_command(timeline_command)
rules.add_command(diff_command)


@rules.command("check")
@_paths
@_tenants
@click.option(
    "--for",
    "environment",
    type=click.Choice(["production", "demo", "test"]),
    envvar="ENVIRONMENT",
    help="Warn, too, of what an installation of this kind lacks or must not have (default: ENVIRONMENT, if it is set).",
)
@click.option(
    "--profiles",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="PLUGIN_PROFILES",
    help="Its folder of plugins' settings files (default: PLUGIN_PROFILES).",
)
@_format
@_tongue
def check_command(  # the command's options
    paths: tuple[Path, ...],
    *,
    tenants: Path | None,
    environment: str | None,
    profiles: Path | None,
    form: Format,
    tongue: Tongue,
) -> None:
    """Check rule sets: schema, semantics, lint. Exit 1 on errors."""
    from yoyaku.extension.profiles import Installation
    from yoyaku.rulebook.lint import check_rule_set
    from yoyaku.rulebook.source import find_rule_sets
    from yoyaku.rules.fault import in_reading_order

    found = [rule_set for path in paths for rule_set in find_rule_sets(path)]
    around = Installation(profiles=profiles, is_production=environment == "production") if environment else None
    checked = (check_rule_set(path, tenants=tenants, installation=around) for path in found)
    faults = in_reading_order(fault for faults in checked for fault in faults)
    errors = sum(fault.level == "error" for fault in faults)
    warnings = len(faults) - errors
    if form == "json":
        summary = {"rule_sets": len(found), "errors": errors, "warnings": warnings}
        _print_json({"faults": [fault.to_json() for fault in faults], "summary": summary})
    else:
        print_faults(faults, tongue)
        click.echo(
            _in_words(
                tongue,
                ja=f"ルールセット {len(found)}件: エラー {errors}件、警告 {warnings}件",
                en=f"{len(found)} rule sets: {errors} errors, {warnings} warnings",
            )
        )
    sys.exit(1 if errors else 0)


@rules.command("test")
@_paths
@_tenants
@_format
@_tongue
def test_command(paths: tuple[Path, ...], tenants: Path | None, form: Format, tongue: Tongue) -> None:
    """Run the examples of rule sets. Exit 1 where one comes out otherwise."""
    from yoyaku.rulebook.source import find_rule_sets

    found = [rule_set for path in paths for rule_set in find_rule_sets(path)]
    tried = [_try_rule_set(path, tenants) for path in found]
    failed = sum(not outcome["passed"] for outcomes in tried for outcome in outcomes)
    count = sum(map(len, tried))
    if form == "json":
        summary = {"rule_sets": len(found), "examples": count, "failed": failed}
        _print_json({"examples": [outcome for outcomes in tried for outcome in outcomes], "summary": summary})
    else:
        for outcome in (outcome for outcomes in tried for outcome in outcomes if not outcome["passed"]):
            _print_failure(outcome)
        ja = f"ルールセット {len(found)}件、例 {count}件: 合格 {count - failed}件、不合格 {failed}件"
        en = f"{len(found)} rule sets, {count} examples: {count - failed} passed, {failed} failed"
        click.echo(_in_words(tongue, ja=ja, en=en))
    sys.exit(1 if failed else 0)


def _try_rule_set(path: Path, tenants: Path | None) -> list[dict[str, Any]]:
    """The examples of one rule set, tried, each as a mapping that JSON can carry."""
    from yoyaku.rulebook.book import read_book
    from yoyaku.rulebook.examples import try_examples
    from yoyaku.rulebook.explain import in_words

    book = read_book(path, tenants=tenants)
    rules = book.need_compiled()
    outcomes = try_examples(rules, book.rules.examples)
    return [
        {
            "rule_set": book.source.name,
            "name": outcome.example.name,
            "place": str(book.source.document.place(("examples", index))),
            "facts": list(outcome.example.facts),
            "passed": outcome.passed,
            "differences": [
                {
                    "key": difference.key,
                    "expected": in_words(difference.expected, rules.zone),
                    "found": in_words(difference.found, rules.zone),
                }
                for difference in outcome.differences
            ],
            "reason": None
            if outcome.decision.error is None
            else f"{outcome.decision.error.code}: {outcome.decision.error}",
        }
        for index, outcome in enumerate(outcomes)
    ]


def _print_failure(outcome: Mapping[str, Any]) -> None:
    click.echo(f"{outcome['place']}: {outcome['name']}")
    for difference in outcome["differences"]:
        click.echo(f"  {difference['key']}: {difference['expected']} ≠ {difference['found']}")
    if outcome["reason"] is not None:
        click.echo(f"  ({outcome['reason']})")


@rules.command("explain")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--case", "case_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_tenants
@_format
def explain_command(file: Path, case_file: Path, tenants: Path | None, form: Format) -> None:
    """Print the decision on a case (given, when) with the clauses that made it."""
    from yoyaku.rulebook.book import read_book
    from yoyaku.rulebook.examples import try_example
    from yoyaku.rulebook.explain import explained, found_in_words, to_json
    from yoyaku.rulebook.terms import Case
    from yoyaku.rules.check import read_as

    book = read_book(file, tenants=tenants)
    rule_set = book.need_compiled()
    outcome = try_example(rule_set, read_as(case_file, Case))
    decision = outcome.decision
    if form == "json":
        _print_json(to_json(decision, book.source, rule_set.zone))
        return
    for key, value in found_in_words(decision.found, rule_set.zone):
        click.echo(f"{key}: {value}")
    for each in explained(decision, book.source):
        use = each.use
        inputs = ", ".join(f"{name}: {_plain(value)}" for name, value in use.inputs.items())
        click.echo(f"- {use.path} [{use.reference or '-'}] {{{inputs}}} → {_plain(use.outcome)}")
        click.echo(f"    {each.place or ''}")


def _plain(value: object) -> str:
    """A fact or outcome in one line."""
    if isinstance(value, set | frozenset | list):
        return "+".join(sorted(map(str, value)))
    return "none" if value is None else str(value)


@rules.command("schema")
@click.option("--part", type=click.Choice(["rules", "facilities", "tenant"]), default="rules", show_default=True)
def schema_command(part: str) -> None:
    """Print the JSON Schema of rule sets (or of facility and tenant files), for editors."""
    from yoyaku.facility.terms import FacilityFile
    from yoyaku.rulebook.terms import RuleSet
    from yoyaku.rules.validation import json_schema
    from yoyaku.tenancy.terms import TenantFile

    _print_json(json_schema({"rules": RuleSet, "facilities": FacilityFile, "tenant": TenantFile}[part]))


def _in_words(tongue: Tongue, *, ja: str, en: str) -> str:
    return {"ja": ja, "en": en, "both": f"{ja}\n{en}"}[tongue]


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

"""``yoyaku rules``: check, test, explain rule sets, and print their schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from yoyaku.rules.fault import Fault

Format = Literal["text", "json"]
Tongue = Literal["ja", "en", "both"]

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
    """Check, test, explain rule sets; print their schema."""


@rules.command("check")
@_paths
@_tenants
@_format
@_tongue
def check_command(paths: tuple[Path, ...], tenants: Path | None, form: Format, tongue: Tongue) -> None:
    """Check rule sets: schema, semantics, lint. Exit 1 on errors."""
    from yoyaku.rulebook.lint import check_rule_set
    from yoyaku.rulebook.source import find_rule_sets
    from yoyaku.rules.fault import in_reading_order

    found = [rule_set for path in paths for rule_set in find_rule_sets(path)]
    faults = in_reading_order(fault for path in found for fault in check_rule_set(path, tenants=tenants))
    errors = sum(fault.level == "error" for fault in faults)
    warnings = len(faults) - errors
    if form == "json":
        summary = {"rule_sets": len(found), "errors": errors, "warnings": warnings}
        _print_json({"faults": [fault.to_json() for fault in faults], "summary": summary})
    else:
        _print_faults(faults, tongue)
        click.echo(
            _in_words(
                tongue,
                ja=f"ルールセット {len(found)}件: エラー {errors}件、警告 {warnings}件",
                en=f"{len(found)} rule sets: {errors} errors, {warnings} warnings",
            )
        )
    sys.exit(1 if errors else 0)


@rules.command("schema")
@click.option("--part", type=click.Choice(["rules", "facilities", "tenant"]), default="rules", show_default=True)
def schema_command(part: str) -> None:
    """Print the JSON Schema of rule sets (or of facility and tenant files), for editors."""
    from yoyaku.facility.terms import FacilityFile
    from yoyaku.rulebook.terms import RuleSet
    from yoyaku.rules.validation import json_schema
    from yoyaku.tenancy.terms import TenantFile

    _print_json(json_schema({"rules": RuleSet, "facilities": FacilityFile, "tenant": TenantFile}[part]))


def _print_faults(faults: Sequence[Fault], tongue: Tongue) -> None:
    for fault in faults:
        click.echo(f"{fault.place}: {fault.level} [{fault.code}]")
        if tongue != "en":
            click.echo(f"  {fault.says('ja')} {fault.mend('ja')}")
        if tongue != "ja":
            click.echo(f"  {fault.says('en')} {fault.mend('en')}")


def _in_words(tongue: Tongue, *, ja: str, en: str) -> str:
    return {"ja": ja, "en": en, "both": f"{ja}\n{en}"}[tongue]


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

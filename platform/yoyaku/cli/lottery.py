"""``yoyaku lottery``: checks the public files of lotteries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from yoyaku.lottery.proof.verify_lottery import Finding, Result

FAULTS: Final = {
    "unreadable": ("署名ファイルとして読めません。", "This is no signature file."),
    "key_unreadable": ("公開鍵として読めません。", "This is no public key."),
    "other_key": ("別の鍵で署名されています。", "It was signed with another key."),
    "other_file": ("この結果ファイルの署名ではありません。", "The signature is of another file: its hash differs."),
    "forged": ("署名が正しくありません。", "The signature does not hold."),
}
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def lottery() -> None:
    """Check the public files of lotteries."""


@lottery.command("verify")
@click.argument("file", type=_file)
@click.option("--sealed", "sealed_file", type=_file, help="The list that was sealed at closing.")
@click.option("--sealed-hash", help="The hash that was published at closing.")
@click.option("--signature", "signature_file", type=_file, help="The signature file of the result.")
@click.option("--key", "key_file", type=_file, help="The service's public key (base64 or hexadecimal).")
def verify_command(
    file: Path, sealed_file: Path | None, sealed_hash: str | None, signature_file: Path | None, key_file: Path | None
) -> None:
    """Draw the lottery of a result file again: OK, or the first difference. Exit 1 if there is one."""
    from yoyaku.lottery.proof.verify_lottery import Finding, check, read, report

    if key_file is not None and signature_file is None:
        raise click.UsageError("--key needs --signature")
    content = file.read_bytes()
    result: Result | None = None
    try:
        result = read(content)
        findings = check(
            result, sealed=None if sealed_file is None else sealed_file.read_bytes(), sealed_hash=sealed_hash
        )
        findings = _by_plugin(content, findings)
    except Finding as finding:
        findings = [finding]
    click.echo(report(result, findings))
    signed = signature_file is None or _is_signed(content, signature_file, key_file)
    sys.exit(1 if findings or not signed else 0)


def _by_plugin(content: bytes, findings: list[Finding]) -> list[Finding]:
    """A draw of an installed plugin is drawn again by that plugin, which the stand-alone verifier cannot."""
    from yoyaku.extension.registry import draw_plugins
    from yoyaku.lottery.policy.seal import redraw
    from yoyaku.lottery.proof.verify_lottery import compare

    if [one.key for one in findings] != ["plugin"] or findings[0].facts["name"] not in draw_plugins():
        return findings
    return compare(redraw(content).decode().split("\n"), content.decode().split("\n"), 1)


def _is_signed(content: bytes, signature_file: Path, key_file: Path | None) -> bool:
    """Check the signature and say what was found."""
    from yoyaku.lottery.policy.signature import find_fault, read_signature

    signature = signature_file.read_bytes()
    fault = find_fault(content, signature=signature, key=None if key_file is None else key_file.read_bytes())
    if fault is not None:
        ja, en = FAULTS[fault]
        click.echo(f"NOT OK 署名: {ja} / signature: {en}")
        return False
    click.echo("OK 署名 / signature")
    signed = read_signature(signature)
    if key_file is None and signed is not None:
        click.echo(f"  この鍵か確かめてください / Is this their key? {signed.public_key.hex()}")
    return True

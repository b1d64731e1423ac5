"""The files of a rule set as a whole: how two differ, line by line, and how they travel as a ZIP."""

from __future__ import annotations

import difflib
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal

from yoyaku.kernel.errors import Malformed
from yoyaku.ruleset.policy import LARGEST_BYTES, MOST_FILES, Texts

Sign = Literal["+", "-", " ", "@"]
MOST_LINES: Final = 6_000
"""Files with more lines, both together, are not compared line by line: lines could be chosen that take minutes."""
UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, NotImplementedError, OSError, EOFError, ValueError,
)  # fmt: skip
"""What a made up archive can set off; the password that an encrypted one wants is a RuntimeError."""
FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""What ZIP files hold as the time of each file, so that the same texts make the same ZIP."""


class UploadRefused(Malformed):
    """A file that no rule set can be taken from, and why (``reason``: ``zip``, ``name``, ``text``, ``size``, ``none``)."""

    code = "rule_upload_refused"
    title = "No rules can be taken from this file."

    @property
    def variant(self) -> str | None:
        """The sentence of the reason."""
        return str(self.facts["reason"])


@dataclass(frozen=True, slots=True)
class FileDifference:
    """How one file differs: lines with their sign (``@`` begins a part); none where it is too long to compare."""

    name: str
    kind: Literal["added", "removed", "changed"]
    lines: tuple[tuple[Sign, str], ...]
    added: int
    removed: int


def text_difference(old: Texts, new: Texts) -> list[FileDifference]:
    """The files that differ, by name."""
    names = sorted({*old, *new})
    return [_file_difference(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _file_difference(name: str, old: str | None, new: str | None) -> FileDifference:
    before, after = (old or "").splitlines(), (new or "").splitlines()
    kind: Literal["added", "removed", "changed"] = "added" if old is None else "removed" if new is None else "changed"
    lines = () if len(before) + len(after) > MOST_LINES else tuple(_signed(before, after))
    added, removed = (sum(sign == wanted for sign, _ in lines) for wanted in ("+", "-"))
    return FileDifference(name=name, kind=kind, lines=lines, added=added, removed=removed)


def _signed(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Sign, str]]:
    signs: dict[str, Sign] = {"+": "+", "-": "-", " ": " ", "@": "@"}
    for place, line in enumerate(difflib.unified_diff(before, after, lineterm="", n=3)):
        if place > 1:  # after the two lines that would name the files
            yield signs[line[:1]], line if line.startswith("@@") else line[1:]


def pack(texts: Texts) -> bytes:
    """The files as a ZIP; the same texts make the same bytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(texts):
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), texts[name].encode(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def unpack(name: str, content: bytes) -> Texts:
    """The texts of a file that was sent: of a ZIP its YAML files (folders aside), else itself.

    Raises:
        UploadRefused: it is neither, or too large; nothing of it is taken.
    """
    if not name.lower().endswith(".zip"):
        if not name.lower().endswith((".yaml", ".yml")):
            raise UploadRefused(reason="name", file=name[:100])
        return {f"{PurePosixPath(name).stem}.yaml": _text(name, content)}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive)
    except UNREADABLE as error:
        raise UploadRefused(reason="zip", file=name[:100]) from error


def _unpacked(archive: zipfile.ZipFile) -> Texts:
    texts: dict[str, str] = {}
    left = LARGEST_BYTES
    entries = [one for one in archive.infolist() if not one.is_dir() and one.filename.endswith((".yaml", ".yml"))]
    if not entries:
        raise UploadRefused(reason="none")
    if len(entries) > MOST_FILES:
        raise UploadRefused(reason="size", allowed=LARGEST_BYTES)
    for entry in entries:
        name = f"{PurePosixPath(entry.filename).stem}.yaml"
        if name in texts:
            raise UploadRefused(reason="twice", file=name)
        # What an entry says of its size may be a lie: no more is unpacked than may be kept.
        with archive.open(entry) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise UploadRefused(reason="size", allowed=LARGEST_BYTES)
        texts[name] = _text(entry.filename, content)
    return texts


def _text(name: str, content: bytes) -> str:
    if len(content) > LARGEST_BYTES:
        raise UploadRefused(reason="size", allowed=LARGEST_BYTES)
    try:
        # Lines end as the editor's do, so that a file saved on another system differs in nothing.
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UploadRefused(reason="text", file=name[:100]) from error

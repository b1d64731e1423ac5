"""What a file with a tenant says of itself: where it comes from, how many rows of which table, and their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final, Literal
from zipfile import BadZipFile, ZipFile

import msgspec

from yoyaku.kernel.errors import Malformed, YoyakuError
from yoyaku.kernel.seal import NotReadable, Seal

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_PROBE: Final = b"yoyaku: carried "
_PURPOSE: Final = "carried tenant"
LARGEST_MANIFEST: Final = 16 * 2**20
LONGEST_ROW: Final = 256 * 2**20
"""Bytes; what is longer was not written by an export, and is not read into memory to find that out."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one table and service (empty: of the tenant as a whole); ``digest`` is SHA-256 in hexadecimal."""

    table: str
    service: str
    columns: tuple[str, ...]
    rows: int
    digest: str

    @property
    def path(self) -> str:
        """Where the rows stand in the file."""
        return f"tables/{self.table}/{self.service or '_'}.jsonl"


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """By which keys the personal data are sealed: the manifest's digest sealed by them, and a keyed hash that only they give."""

    probe: str
    keyed: str


UNSEALED: Final = Sealed(probe="", keyed="")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The file's first page. ``schema`` is the number of the newest migration of where it comes from."""

    format: Literal[1]
    tenant: str
    services: tuple[str, ...]
    schema: str
    taken_at: str
    sealed: Sealed
    parts: tuple[Part, ...]


class NotACarriedTenant(Malformed):
    """The file is none of ours, or is damaged (``why``)."""

    code = "not_a_carried_tenant"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"This file cannot be taken in: {why}. Nothing was changed."
            f" このファイルは取り込めません（{why}）。何も変更していません。",
            why=why,
        )


class KeysMissing(YoyakuError):
    """The personal data in the file were sealed by keys that this installation has not."""

    code = "carried_keys_missing"
    title = (
        "Documents, second factors and signing keys in this file are sealed with keys that this installation has not. "
        "Add the DATA_KEYS (without them, the SECRET_KEY) of where it was written to DATA_KEYS here, and take it in again. "
        "Nothing was changed. 封印の鍵が違います。元の環境の DATA_KEYS を、この環境の DATA_KEYS に加えてください。"
    )


class HashesDiffer(YoyakuError):
    """The keys open what is sealed, but the hashes by which equal persons are found come from another."""

    code = "carried_hashes_differ"
    title = (
        "The last key of DATA_KEYS, by which persons who register twice are recognised, is another here. Put the last key "
        "of where the file was written last here, if no city uses this installation yet; or take it in with --other-hashes: "
        "people of this city who register again will then not be recognised as registered. Nothing was changed. "
        "同一人物の照合に使う鍵（DATA_KEYS の最後）が違います。"
    )


def with_seal(manifest: Manifest, seal: Seal) -> Manifest:
    """The manifest with what tells another installation whether it has the keys, and that nobody without them wrote it."""
    keyed = msgspec.structs.replace(
        manifest, sealed=Sealed(probe="", keyed=seal.keyed_hash(_PURPOSE, manifest.tenant).hex())
    )
    probe = seal.seal(_PROBE + _digest(keyed)).decode("ascii")
    return msgspec.structs.replace(keyed, sealed=msgspec.structs.replace(keyed.sealed, probe=probe))


def _digest(manifest: Manifest) -> bytes:
    """SHA-256 over everything that the manifest says, the digests of all rows among it."""
    bare = msgspec.structs.replace(manifest, sealed=msgspec.structs.replace(manifest.sealed, probe=""))
    return hashlib.sha256(msgspec.json.encode(bare)).digest()


def check_seal(manifest: Manifest, seal: Seal, *, other_hashes: bool) -> None:
    """Let pass a file whose sealed data can be read here, and that is as it was written where they were sealed.

    Raises:
        KeysMissing, HashesDiffer: they cannot, or only in part.
        NotACarriedTenant: somebody without the keys altered the manifest.
    """
    try:
        probe = seal.open(manifest.sealed.probe.encode("ascii"))
    except (NotReadable, ValueError):
        raise KeysMissing from None
    if probe != _PROBE + _digest(manifest):
        raise NotACarriedTenant(f"{MANIFEST}: it was altered")
    if manifest.sealed.keyed != seal.keyed_hash(_PURPOSE, manifest.tenant).hex() and not other_hashes:
        raise HashesDiffer


def read_manifest(archive: ZipFile) -> Manifest:
    """The file's first page.

    Raises:
        NotACarriedTenant: there is none that can be read.
    """
    try:
        if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise NotACarriedTenant(f"{MANIFEST}: it is too large")
        return msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
    except (KeyError, BadZipFile, msgspec.MsgspecError) as error:
        raise NotACarriedTenant(f"{MANIFEST}: {error}") from error


def read_part(archive: ZipFile, part: Part) -> Iterator[str]:
    """The rows of a part, line by line; whether they are what the manifest says is told at the end.

    Raises:
        NotACarriedTenant: they are missing, or are not those that were written.
    """
    digest, rows = hashlib.sha256(), 0
    try:
        with archive.open(part.path) as lines:
            # No further than there can be rows, and no longer: a small file can unpack to more than a disk holds.
            while rows <= part.rows and (line := lines.readline(LONGEST_ROW)):
                digest.update(line)
                rows += 1
                yield line.decode("utf-8").rstrip("\n")
    except (KeyError, BadZipFile, EOFError, ValueError) as error:
        raise NotACarriedTenant(f"{part.path}: {error}") from error
    if (rows, digest.hexdigest()) != (part.rows, part.digest):
        raise NotACarriedTenant(f"{part.path}: rows are missing or were altered")


def differing(wanted: Manifest, found: Mapping[tuple[str, str], Part]) -> list[tuple[Part, Part | None]]:
    """Parts whose rows are others than the manifest's: what it says, and what was found."""
    pairs = [(part, found.get((part.table, part.service))) for part in wanted.parts]
    return [(part, one) for part, one in pairs if one is None or (one.rows, one.digest) != (part.rows, part.digest)]

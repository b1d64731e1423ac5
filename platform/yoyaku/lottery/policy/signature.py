"""Checking the detached signature of a result (Ed25519; RFC 8032)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

Fault = Literal["unreadable", "key_unreadable", "other_key", "other_file", "forged"]
_KEY_BYTES: Final = 32


class SignatureFile(Struct, frozen=True, kw_only=True):
    """The file beside a result: ``public_key`` (32 bytes) and ``signature`` (64) in base64, ``sha256`` of the result."""

    key_id: str
    public_key: bytes
    algorithm: Literal["Ed25519"]
    sha256: str
    signature: bytes


def read_signature(content: bytes) -> SignatureFile | None:
    """The signature in a file; ``None`` if it is none."""
    try:
        return msgspec.json.decode(content, type=SignatureFile)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def read_public_key(content: bytes) -> bytes | None:
    """The 32 bytes of a key file: base64 or hexadecimal, or a signature file that names it; ``None`` if it is none."""
    named = read_signature(content)
    if named is not None:
        return named.public_key
    text = content.strip()
    try:
        key = (
            bytes.fromhex(text.decode("ascii"))
            if len(text) == 2 * _KEY_BYTES
            else base64.b64decode(text, validate=True)
        )
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == _KEY_BYTES else None


def find_fault(result: bytes, *, signature: bytes, key: bytes | None) -> Fault | None:
    """What is wrong with the signature file of a result; ``None`` where all is right.

    Without ``key`` (the contents of a key file) the key is taken that the signature names: that shows that the file is
    whole, and whose it is only to somebody who knows that key.
    """
    signed = read_signature(signature)
    if signed is None:
        return "unreadable"
    public = signed.public_key if key is None else read_public_key(key)
    if public is None:
        return "key_unreadable"
    if public != signed.public_key:
        return "other_key"
    if signed.sha256 != hashlib.sha256(result).hexdigest():
        return "other_file"
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, result)
    except (InvalidSignature, ValueError):
        return "forged"
    return None

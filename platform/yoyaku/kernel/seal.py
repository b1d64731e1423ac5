"""What keeps data in the database unreadable to whoever has only the database: encryption and keyed hashes.

AES-128-CBC with HMAC-SHA256 (Fernet), by keys that are rotated without re-encrypting at once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from yoyaku.kernel.errors import YoyakuError

_ENCRYPTING: Final = b"yoyaku: encrypting data"
_HASHING: Final = b"yoyaku: hashing data"


class NotReadable(YoyakuError):
    """The data were sealed with a key that is not among ``DATA_KEYS``, or were altered."""

    status = 500
    code = "sealed_data_not_readable"
    title = "Stored data cannot be decrypted."


class Seal:
    """Seals and opens bytes; hashes texts so that equals can be found and nothing can be guessed without the key."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Seal with the first of ``keys`` (32 characters or more each), open with any. Hashes use the last, the oldest."""
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(key, _ENCRYPTING))) for key in keys])
        self._hash_key = _derive(keys[-1], _HASHING)

    def seal(self, content: bytes) -> bytes:
        """Encrypt and sign."""
        return self._fernet.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt what :meth:`seal` made.

        Raises:
            NotReadable: the key is another, or the bytes were altered.
        """
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise NotReadable from None

    def keyed_hash(self, purpose: str, *texts: str) -> bytes:
        """32 bytes that are equal for equal texts and the same purpose; ``texts`` are told apart by their lengths."""
        parts = [purpose.encode(), *(text.encode() for text in texts)]
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.new(self._hash_key, message, hashlib.sha256).digest()


def _derive(key: str, use: bytes) -> bytes:
    return hmac.new(key.encode(), use, hashlib.sha256).digest()

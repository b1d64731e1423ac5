"""Which passwords are too weak, whatever a city's own pattern would allow."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Final

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import fold_width

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 128

COMMON_PASSWORDS: Final = frozenset(
    {"password", "passw0rd", "password1", "qwertyui", "qwerty123", "iloveyou", "sakura01", "abcd1234", "1234abcd"}
)


class PasswordTooWeak(YoyakuError):
    """``reason``: short, long, same_as_id, common, one_character, sequence or personal."""

    status = 422
    code = "password_too_weak"
    title = "This password would be guessed too easily."


def check_password(password: str, *, login_id: str, personal: Collection[str] = ()) -> None:
    """Refuse what is guessed first, whatever a city's own pattern would allow.

    ``personal`` are texts that others know (birth date, telephone), in any writing.

    Raises:
        PasswordTooWeak: with the ``reason``.
    """
    folded = fold_width(password).casefold()
    known = {_bare(text) for text in personal} - {""}
    faults: Mapping[str, bool] = {
        "short": len(password) < SHORTEST_PASSWORD,
        "long": len(password) > LONGEST_PASSWORD,
        "same_as_id": folded == fold_width(login_id).casefold(),
        "personal": _bare(password) in known,
        "common": folded in COMMON_PASSWORDS,
        "one_character": len(set(folded)) == 1,
        "sequence": _is_sequence(folded),
    }
    for reason, found in faults.items():
        if found:
            raise PasswordTooWeak(reason=reason, at_least=SHORTEST_PASSWORD, at_most=LONGEST_PASSWORD)


def _bare(text: str) -> str:
    return "".join(character for character in fold_width(text).casefold() if character.isalnum())


def _is_sequence(text: str) -> bool:
    steps = {ord(later) - ord(earlier) for earlier, later in pairwise(text)}
    return len(text) > 1 and steps in ({1}, {-1})

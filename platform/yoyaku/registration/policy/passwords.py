"""Which passwords a city's own pattern takes, and the platform's floor under it.

``personal`` are texts that others know of the owner (name, reading, birth date, telephone, address of mail), in any
writing. Sources: the cities' patterns stand in their rule sets; the floor is NIST SP 800-63B: a shortest length, all
characters, a list of what is guessed first, no rule of composition.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import fold_width
from yoyaku.registration.policy.guessing import (
    bare,
    is_made_of,
    is_made_of_common_pieces,
    is_one_unit_again_and_again,
    writings,
)
from yoyaku.registration.terms import LoginTerms, PasswordTerms

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 128


class PasswordTooWeak(YoyakuError):
    """``reason``: short, long, same_as_id, personal, one_character, sequence or common; each has a sentence."""

    status = 422
    code = "password_too_weak"
    title = "This password would be guessed too easily."

    @property
    def variant(self) -> str | None:
        """The sentence of the reason."""
        return str(self.facts.get("reason"))


class PasswordPatternRefused(YoyakuError):
    """The city's own pattern does not take it; ``sentence`` is the city's."""

    status = 422
    code = "password_pattern_refused"
    title = "This password has not the form that this service asks for."


class NewPasswordRefused(YoyakuError):
    """A password that somebody wants to set may not be: ``faults`` are all reasons, each with its own sentence."""

    status = 422
    code = "new_password_refused"
    title = "This password may not be set."

    def __init__(self, faults: Sequence[YoyakuError]) -> None:
        self.faults = tuple(faults)
        super().__init__()


def find_password_faults(
    password: str, *, login: LoginTerms, login_id: str, personal: Collection[str] = ()
) -> list[YoyakuError]:
    """All that is wrong with a new password: the city's patterns first, then the floor; empty where it may be taken."""
    return [*_pattern_faults(password, login.password), *_floor_faults(password, login_id, personal)]


def check_new_password(password: str, *, login: LoginTerms, login_id: str, personal: Collection[str] = ()) -> None:
    """Refuse a new password that the city's pattern or the floor does not take.

    Raises:
        PasswordPatternRefused, PasswordTooWeak: the first of :func:`find_password_faults`.
    """
    for fault in find_password_faults(password, login=login, login_id=login_id, personal=personal):
        raise fault


def check_city_password(password: str, terms: PasswordTerms) -> None:
    """The city's pattern alone, without the floor.

    Raises:
        PasswordPatternRefused: with the city's ``sentence``.
    """
    for fault in _pattern_faults(password, terms):
        raise fault


def check_password(password: str, *, login_id: str, personal: Collection[str] = ()) -> None:
    """The floor alone, which no city lowers.

    Raises:
        PasswordTooWeak: with the ``reason``.
    """
    for fault in _floor_faults(password, login_id, personal):
        raise fault


def _pattern_faults(password: str, terms: PasswordTerms) -> list[PasswordPatternRefused]:
    return [
        PasswordPatternRefused(sentence=one.refusal)
        for one in terms.patterns
        if re.fullmatch(one.pattern, password) is None
    ]


def _floor_faults(password: str, login_id: str, personal: Collection[str]) -> list[PasswordTooWeak]:
    if len(password) > LONGEST_PASSWORD:  # what nobody typed is not taken apart
        return [_too_weak("long")]
    folded = fold_width(password).casefold()
    own_id = bare(login_id)
    guessed: Mapping[str, bool] = {
        "same_as_id": bool(own_id) and is_made_of(folded, {own_id, own_id.lstrip("0")}),
        "personal": is_made_of(folded, writings(personal)),
        "one_character": is_one_unit_again_and_again(folded),
        "common": is_made_of_common_pieces(folded),
    }
    # One reason is enough to say that it is guessed; that it is short is said beside it.
    reasons = ["short"] if len(password) < SHORTEST_PASSWORD else []
    reasons += [reason for reason, found in guessed.items() if found][:1]
    return [_too_weak(reason) for reason in reasons]


def _too_weak(reason: str) -> PasswordTooWeak:
    return PasswordTooWeak(reason=reason, at_least=SHORTEST_PASSWORD, at_most=LONGEST_PASSWORD)

"""Which spellings of a login id are one, which passwords are too weak, how long a session lasts, who may do what."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from yoyaku.kernel.errors import NotAllowed, YoyakuError
from yoyaku.kernel.text import fold_width
from yoyaku.registration.terms import LoginTerms

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 128
TOUCH_EVERY: Final = timedelta(seconds=30)
"""A session's last request is noted at most this often, so that reading pages writes nothing; it lasts as much longer."""

COMMON_PASSWORDS: Final = frozenset(
    {"password", "passw0rd", "password1", "qwertyui", "qwerty123", "iloveyou", "sakura01", "abcd1234", "1234abcd"}
)
COUNTER_CLERK: Final = "counter_clerk"


class LoginFailed(YoyakuError):
    """Unknown id or wrong password: one sentence for both, so that nobody learns which ids exist."""

    status = 401
    code = "login_failed"
    title = "The ID or the password is not right."


class TooManyAttempts(YoyakuError):
    """Too many wrong passwords from one place; the account itself is never locked. ``retry_after_seconds`` says how long."""

    status = 429
    code = "too_many_attempts"
    title = "There were too many attempts. Please wait a little."


class PasswordTooWeak(YoyakuError):
    """``reason``: short, long, same_as_id, common, one_character, sequence or personal."""

    status = 422
    code = "password_too_weak"
    title = "This password would be guessed too easily."


class LoginIdTaken(YoyakuError):
    """Another account of the service has this id, perhaps in another spelling."""

    code = "login_id_taken"
    title = "This ID is already in use."


class LoginIdMalformed(YoyakuError):
    """The id has not the form that the rule set asks for (``pattern``)."""

    status = 422
    code = "login_id_malformed"
    title = "This is not the form of an ID."


class RoleMissing(NotAllowed):
    """The account has not the role that this needs (``role``)."""

    code = "role_missing"
    title = "Your account may not do this."


@dataclass(frozen=True, kw_only=True)
class SessionLimits:
    """After how long without a request, and after how long in any case, a session ends."""

    idle_minutes: int
    longest_hours: int = 12


@dataclass(frozen=True, kw_only=True)
class SessionTimes:
    """The instants of one session, real time."""

    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


def login_key(login_id: str, terms: LoginTerms) -> str:
    """The one spelling under which an id is kept: "40675" and "００４０６７５" may be one account.

    Width does not matter; letters keep their case, since ids may hold upper case; leading noughts
    that ``leading_zeros_optional_to`` makes optional are put back.
    """
    key = fold_width(login_id)
    length = terms.leading_zeros_optional_to
    if length is not None and key.isascii() and key.isdigit():
        return key.lstrip("0").zfill(length)
    return key


def check_login_id(login_id: str, terms: LoginTerms) -> None:
    """Refuse an id for a new resident's account that has not the service's form.

    Raises:
        LoginIdMalformed: its one spelling does not match ``id_pattern``.
    """
    if re.fullmatch(terms.id_pattern, login_key(login_id, terms)) is None:
        raise LoginIdMalformed(pattern=terms.id_pattern)


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


def new_session_times(*, real_now: datetime, limits: SessionLimits) -> SessionTimes:
    """The times of a session that begins now."""
    return SessionTimes(
        created_at=real_now, last_seen_at=real_now, expires_at=_expiry(real_now, created_at=real_now, limits=limits)
    )


def session_is_alive(times: SessionTimes, *, real_now: datetime) -> bool:
    """Whether the session may still be used."""
    return real_now < times.expires_at


def touched(times: SessionTimes, *, real_now: datetime, limits: SessionLimits) -> SessionTimes | None:
    """The session's times after a request now, or ``None`` where the last one was noted a moment ago."""
    if real_now - times.last_seen_at < TOUCH_EVERY:
        return None
    expires_at = _expiry(real_now, created_at=times.created_at, limits=limits)
    return SessionTimes(created_at=times.created_at, last_seen_at=real_now, expires_at=expires_at)


def _expiry(seen_at: datetime, *, created_at: datetime, limits: SessionLimits) -> datetime:
    idle = seen_at + timedelta(minutes=limits.idle_minutes) + TOUCH_EVERY
    return min(idle, created_at + timedelta(hours=limits.longest_hours))


def require_role(roles: Collection[str], role: str) -> None:
    """Let pass who has the role.

    Raises:
        RoleMissing: the account has it not.
    """
    if role not in roles:
        raise RoleMissing(role=role)

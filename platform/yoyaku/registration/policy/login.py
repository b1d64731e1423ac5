"""Which spellings of a login id are one, and what is refused at the door."""

from __future__ import annotations

import re

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import fold_width
from yoyaku.registration.terms import LoginTerms


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


class LoginIdTaken(YoyakuError):
    """Another account of the service has this id, perhaps in another spelling."""

    code = "login_id_taken"
    title = "This ID is already in use."


class LoginIdMalformed(YoyakuError):
    """The id has not the form that the rule set asks for (``pattern``)."""

    status = 422
    code = "login_id_malformed"
    title = "This is not the form of an ID."


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

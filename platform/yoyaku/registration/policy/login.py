"""Which spellings of a login id are one, and what is refused at the door."""

from __future__ import annotations

import re

from yoyaku.kernel.errors import YoyakuError
from yoyaku.kernel.text import fold_width
from yoyaku.registration.terms import IssuedId, LoginTerms


class LoginFailed(YoyakuError):
    """Unknown id or wrong password: one sentence for both, so that nobody learns which ids exist."""

    status = 401
    code = "login_failed"
    title = "The ID or the password is not right."


class PasswordToBeSet(YoyakuError):
    """The initial password was right, and opens nothing but the way to an own one.

    ``mail`` is the masked address to which a link goes; without, a clerk's one-time code is the way.
    """

    status = 403
    code = "password_to_be_set"
    title = "Set a password of your own first."

    @property
    def variant(self) -> str | None:
        """Whether a mail is on its way."""
        return "mailed" if self.facts.get("mail") else None


class StageMayNotLogIn(YoyakuError):
    """The registration is at a stage that does not log in; ``next_step`` is what to do, in the city's words."""

    status = 403
    code = "stage_may_not_log_in"
    title = "This registration does not log in at its stage."


class CodeWrong(YoyakuError):
    """Unknown id, or not the code that a clerk gave for it, or too late: one sentence for all."""

    status = 422
    code = "clerk_code_wrong"
    title = "The ID or the one-time code is not right, or the code is over."


class CurrentPasswordWrong(YoyakuError):
    """What was typed as the present password is not."""

    status = 422
    code = "current_password_wrong"
    title = "The present password is not right."


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


def issue_login_id(issued: IssuedId, drawn: int) -> str:
    """An id of so many digits from a number drawn below :func:`ids_to_draw_from`."""
    return f"{issued.first_digits}{drawn:0{issued.digits - len(issued.first_digits)}d}"


def ids_to_draw_from(issued: IssuedId) -> int:
    """How many ids there are to give."""
    return int(10 ** (issued.digits - len(issued.first_digits)))


def mask_mail(email: str) -> str:
    """An address that its owner recognises and others do not learn: ``t***@e***.jp``."""
    name, _, domain = email.rpartition("@")
    host, dot, top = domain.rpartition(".")
    return f"{name[:1]}***@{host[:1]}***{dot}{top}"

"""How people log in: ids, passwords, second factors, and mail that is verified."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from yoyaku.rules.values import Clause, Code, Text


class IssuedId(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An id that the system gives: so many digits, drawn at random so that no id can be guessed from another."""

    digits: Annotated[int, Meta(ge=4, le=12)]
    first_digits: Annotated[str, Meta(pattern="^[0-9]*$")] = ""


class PasswordPattern(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A regular expression that the whole password must match, and the sentence where it does not."""

    pattern: str
    refusal: Text


class PasswordTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The city's own pattern; the platform's floor comes on top and cannot be lowered.

    ``initial: birth_date`` gives a first password of eight digits, which only opens the way to a mailed link (or to a
    clerk's one-time code) by which an own one is set. ``reset_by`` says how a forgotten one is replaced.
    """

    help: Text | None = None
    patterns: list[PasswordPattern] = []
    initial: Literal["none", "birth_date"] = "none"
    reset_by: list[Literal["mail", "clerk"]] = field(default_factory=lambda: ["mail", "clerk"])
    link_hours: Annotated[int, Meta(ge=1, le=168)] = 24


class LoginDomain(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A choice before logging in (集会・学校, スポーツ): which registration. ``here`` is this service's own.

    Every other one leads to ``address``, or says by ``help`` where it is.
    """

    code: Code
    name: Text
    here: bool = False
    address: Annotated[str, Meta(pattern="^https://", examples=["https://sample.example"])] | None = None
    help: Text | None = None


class LoginTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How people log in: the pattern of the login id, and what makes two spellings one.

    ``issued`` gives ids by the system; without, people choose their own. ``forgotten_id`` says whom to ask, in words.
    """

    id_label: Text
    id_pattern: str
    domains: list[LoginDomain] = []
    id_help: Text | None = None
    leading_zeros_optional_to: int | None = None
    issued: IssuedId | None = None
    forgotten_id: Text | None = None
    idle_minutes: Annotated[int, Meta(ge=5)] = 30
    password: PasswordTerms = PasswordTerms()
    second_factor: Literal["off", "optional"] = "optional"
    passkeys: bool = True


class MailTerms(Clause, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether an address of mail is needed, how long its link lasts, and what waits until it is verified.

    ``unverified_may_book_by`` are the channels by which somebody whose address is not verified may book (``all``:
    every one). ``shared`` allows the address of somebody else. ``asked_for_lottery_by`` are the channels by which an
    entry into a lottery is held to ``needed_for_lottery`` and ``unverified_may_enter_lottery`` (``all``: every one).
    """

    required_for: list[Literal["web", "counter", "post"]] = field(default_factory=lambda: ["web"])
    link_hours: Annotated[int, Meta(ge=1, le=168)] = 24
    shared: bool = True
    unverified_may_book_by: list[str] | Literal["all"] = "all"
    unverified_may_enter_lottery: bool = True
    needed_for_lottery: bool = False
    asked_for_lottery_by: list[str] | Literal["all"] = "all"
    if_it_does_not_come: Text | None = None

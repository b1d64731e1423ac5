"""The contract of a plugin that establishes who somebody is. Version 1.

A check has two moments. ``begin`` says what the person is to do next and gives back what the plugin wants to keep until
then; ``receive`` is told what came (a file, the parameters of a return from elsewhere, a typed code, a clerk's
decision) and says what follows. The platform keeps ``kept`` encrypted, moves the registration on, tells people, stores
and deletes files; a plugin decides and, where it must, asks its provider over HTTP. It sees no database, no other
person and no clock but the context's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Final, Protocol

from msgspec import Struct

from yoyaku.extension.refusals import AnswerRefused, ProviderFailed, SecretMissing

__all__ = [
    "CONTRACT",
    "Answer",
    "AnswerRefused",
    "Applicant",
    "AwaitReview",
    "Begun",
    "CameBack",
    "CheckContext",
    "Claims",
    "CleanFile",
    "ClerkSaw",
    "EnterCode",
    "GoTo",
    "IdentityPlugin",
    "Letter",
    "NextStep",
    "Outcome",
    "PaperAsked",
    "ProviderFailed",
    "Rejected",
    "SecretMissing",
    "SentFile",
    "TryAgain",
    "TypedCode",
    "Upload",
    "Verified",
    "VisitCounter",
]

CONTRACT: Final = 1


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who is checked, as they wrote themselves: what a plugin may compare with and print on a letter."""

    registrant_id: str
    name: str
    kana: str
    birth_date: date | None
    postcode: str | None
    address: str | None
    email: str | None
    language: str
    user_class: str


@dataclass(frozen=True, kw_only=True)
class PaperAsked:
    """A paper that the rules ask of this person: its code, its name, and the kinds of which one is enough (none: any)."""

    code: str
    name: str | Mapping[str, str]
    kinds: frozenset[str] = frozenset()
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """Everything a plugin may know of one check.

    ``settings`` are of the plugin's own ``settings_type``. ``return_url`` is where a provider sends the browser back to;
    ``secret`` reads a secret of the environment by the name that the settings give and raises
    :class:`SecretMissing` where it is not set. ``new_secret(letters, alphabet)`` draws at random. ``keyed_hash`` makes
    of a text what can be compared and not guessed (hexadecimal; for this check alone). ``papers`` are those that the
    rules ask for, of whoever brings them. ``now`` is real time.
    """

    applicant: Applicant
    settings: Any
    now: datetime
    return_url: str
    secret: Callable[[str], str]
    new_secret: Callable[[int, str], str]
    keyed_hash: Callable[[str], str]
    papers: tuple[PaperAsked, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VisitCounter:
    """Go to a counter with the papers that the rule set names; a clerk decides."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """Send one file: of one of ``media_types``, at most ``most_bytes``, ``files`` at most."""

    media_types: tuple[str, ...]
    most_bytes: int
    files: int = 1


@dataclass(frozen=True, kw_only=True)
class GoTo:
    """Leave for the provider's page and come back to the context's ``return_url``."""

    url: str


@dataclass(frozen=True, kw_only=True)
class EnterCode:
    """Type a code that ``letter`` brings: what is printed and sent by post (``None``: it is sent by other means).

    ``days_to_arrive`` are the working days until it is there, ``expires_at`` is when the code ends.
    """

    letter: Letter | None = None
    days_to_arrive: int = 0
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What stands on a card or letter besides the address: a code, grouped for reading."""

    code: str = field(repr=False)
    shown: str = field(repr=False)


NextStep = VisitCounter | Upload | GoTo | EnterCode


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What the person does next, and what the plugin keeps until they have (JSON values; stored encrypted)."""

    step: NextStep
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SentFile:
    """A file as it came: the name and media type that the sender claims, and its bytes."""

    name: str
    claimed_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CameBack:
    """The parameters with which a provider sent the browser back."""

    parameters: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class TypedCode:
    """A code as somebody typed it."""

    code: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class ClerkSaw:
    """A clerk's decision: which papers were seen (by code: which kind), by whom it was brought, and what was noted."""

    approved: bool
    papers: Mapping[str, str]
    by_proxy: bool = False
    note: str = ""


Answer = SentFile | CameBack | TypedCode | ClerkSaw


@dataclass(frozen=True, kw_only=True)
class Claims:
    """What a check established; ``None`` where it says nothing.

    ``issuer`` and ``subject`` name the person at the provider (a pairwise identifier), by which a second registration
    is recognised.
    """

    issuer: str | None = None
    subject: str | None = field(default=None, repr=False)
    name: str | None = None
    kana: str | None = None
    birth_date: date | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Verified:
    """The person is who they say."""

    claims: Claims = field(default_factory=Claims)
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CleanFile:
    """A file that may be stored: its real media type, and bytes of which everything but the picture was taken out."""

    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class AwaitReview:
    """A clerk looks at what was sent and decides; ``claims`` count if they approve."""

    file: CleanFile | None = None
    claims: Claims = field(default_factory=Claims)
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """The check came to its end, and the answer is no; ``code`` has words under ``identity.rejected.<code>``."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TryAgain:
    """It will not do (``reason``), the check goes on, and ``kept`` takes the place of what was kept (tries counted).

    Words as for :class:`AnswerRefused`, which changes nothing.
    """

    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)


Outcome = Verified | AwaitReview | Rejected | TryAgain


class IdentityPlugin(Protocol):
    """What a plugin offers: an object, named by an entry point in the group ``yoyaku.identity``."""

    name: ClassVar[str]
    """As it is written in a rule set: ``identity-…``."""
    contract: ClassVar[int]
    """The version of this contract that it keeps: :data:`CONTRACT`."""
    settings_type: ClassVar[type[Struct]]
    """A frozen msgspec struct that forbids unknown fields: schema and model of its settings."""

    begins_with: ClassVar[type[NextStep]]
    """What ``begin`` always answers with, so that a page can say so before anything is begun."""

    async def begin(self, context: CheckContext) -> Begun:
        """Say what the person is to do.

        Raises:
            ProviderFailed, SecretMissing: nothing was begun.
        """
        ...

    async def receive(self, context: CheckContext, *, kept: Mapping[str, Any], answer: Answer) -> Outcome:
        """Say what follows from what came; the same answer twice has the same outcome or is refused.

        Raises:
            AnswerRefused: it will not do; the check stays where it was.
            ProviderFailed, SecretMissing: as ``begin``.
        """
        ...

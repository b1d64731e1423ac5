"""The plugin: a code at random, its hash, and what is typed from the card."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta, Struct

from yoyaku.extension.identity import (
    CONTRACT,
    Answer,
    AnswerRefused,
    Begun,
    CheckContext,
    Claims,
    EnterCode,
    Letter,
    NextStep,
    Outcome,
    TryAgain,
    TypedCode,
    Verified,
)
from yoyaku.kernel.text import fold_width

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two signs that nobody takes for one another: no 0, O, 1 or I."""
GROUP: Final = 4
HOURS: Final = 24


class PostcardSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``letters`` of the code, ``valid_days`` after which it ends, ``days_to_arrive`` (working days, for the words).

    After ``tries_a_day`` wrong codes within 24 hours no code is looked at until they have passed.
    """

    letters: Annotated[int, Meta(ge=8, le=24)] = 12
    valid_days: Annotated[int, Meta(ge=1, le=366)] = 60
    days_to_arrive: Annotated[int, Meta(ge=1, le=30)] = 3
    tries_a_day: Annotated[int, Meta(ge=3, le=20)] = 10


class PostcardPlugin:
    """Whoever types the code has the card, and so lives where it was sent. Only a keyed hash of the code is kept."""

    name: ClassVar[str] = "identity-postcard"
    contract: ClassVar[int] = CONTRACT
    settings_type: ClassVar[type[Struct]] = PostcardSettings
    begins_with: ClassVar[type[NextStep]] = EnterCode

    async def begin(self, context: CheckContext) -> Begun:
        """Draw a code for a letter.

        Raises:
            AnswerRefused: ``no_address``, where a letter cannot be sent.
        """
        person, settings = context.applicant, _settings(context)
        if not (person.address or "").strip() or not (person.postcode or "").strip():
            raise AnswerRefused(reason="no_address")
        code = context.new_secret(settings.letters, ALPHABET)
        expires_at = context.now + timedelta(days=settings.valid_days)
        shown = "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
        kept = {"hash": context.keyed_hash(code), "expires_at": expires_at.isoformat(), "wrong_at": []}
        step = EnterCode(
            letter=Letter(code=code, shown=shown), days_to_arrive=settings.days_to_arrive, expires_at=expires_at
        )
        return Begun(step=step, kept={**kept, "address": person.address})

    async def receive(self, context: CheckContext, *, kept: Mapping[str, Any], answer: Answer) -> Outcome:
        """Compare what was typed, in any width and case, with or without hyphens.

        Raises:
            AnswerRefused: ``foreign``, ``code_empty``, ``code_expired`` or ``too_many_codes`` (until ``again_at``).
        """
        if not isinstance(answer, TypedCode) or "hash" not in kept:
            raise AnswerRefused(reason="foreign")
        code = spelling_of(answer.code)
        if not code:
            raise AnswerRefused(reason="code_empty")
        if datetime.fromisoformat(kept["expires_at"]) <= context.now:
            raise AnswerRefused(reason="code_expired")
        recent = _recent(kept, context.now)
        settings = _settings(context)
        if len(recent) >= settings.tries_a_day:
            raise AnswerRefused(reason="too_many_codes", again_at=recent[0] + timedelta(hours=HOURS))
        if hmac.compare_digest(context.keyed_hash(code), str(kept["hash"])):
            return Verified(claims=Claims(address=kept.get("address")), evidence={"letter": True})
        wrong = [instant.isoformat() for instant in [*recent, context.now]]
        left = settings.tries_a_day - len(wrong)
        return TryAgain(reason="code_wrong", facts={"left": left}, kept={**kept, "wrong_at": wrong})


def spelling_of(typed: str) -> str:
    """The one spelling of a code as somebody typed it: capitals, without whatever parts the groups."""
    return "".join(sign for sign in fold_width(typed).upper() if sign.isalnum())


def _recent(kept: Mapping[str, Any], now: datetime) -> list[datetime]:
    instants = [datetime.fromisoformat(text) for text in kept.get("wrong_at", [])]
    return [instant for instant in instants if instant > now - timedelta(hours=HOURS)]


def _settings(context: CheckContext) -> PostcardSettings:
    settings: PostcardSettings = context.settings
    return settings


plugin = PostcardPlugin()

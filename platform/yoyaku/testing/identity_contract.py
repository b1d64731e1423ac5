"""What every identity plugin must keep; a third party runs it against theirs.

Make a test class of it and say what to run it with::

    class TestOurPlugin(IdentityPluginContract):
        plugin = our_plugin
        settings = {"issuer": "https://id.example.jp"}
        right = CameBack(parameters={…})

Fixtures may be overridden: ``context`` (what the plugin is told) and ``right_answer`` (what is accepted, given what was
begun). Runs under pytest with pytest-asyncio.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, ClassVar, Final, get_args

import msgspec
import pytest

from yoyaku.extension.identity import (
    CONTRACT,
    Answer,
    AnswerRefused,
    Applicant,
    AwaitReview,
    Begun,
    CameBack,
    CheckContext,
    ClerkSaw,
    IdentityPlugin,
    NextStep,
    Outcome,
    PaperAsked,
    ProviderFailed,
    Rejected,
    SecretMissing,
    SentFile,
    TryAgain,
    TypedCode,
    Verified,
)

NOW: Final = datetime(2027, 1, 20, 1, 0, tzinfo=UTC)
SAMPLES: Final[tuple[Answer, ...]] = (
    SentFile(name="card.png", claimed_type="image/png", content=b"not a picture"),
    CameBack(parameters={}),
    CameBack(parameters={"state": "forged", "code": "forged"}),
    CameBack(parameters={"error": "server_error"}),
    TypedCode(code=""),
    TypedCode(code="AAAA-BBBB-CCCC"),
    ClerkSaw(approved=False, papers={}),
)
"""Answers that were never asked for, or hold nothing that could prove anything."""
ALLOWED: Final = (AnswerRefused, ProviderFailed, SecretMissing)


def applicant(**other: Any) -> Applicant:  # noqa: ANN401  # any property
    """Somebody invented, with everything a plugin may look at."""
    usual: dict[str, Any] = {
        "registrant_id": "0193a1b2-0000-7000-8000-000000000001",
        "name": "髙橋　さくら",
        "kana": "タカハシ　サクラ",
        "birth_date": date(1985, 3, 15),
        "postcode": "100-0000",
        "address": "見本県青葉町中央1丁目2番3号",
        "email": "sakura@example.jp",
        "language": "ja",
        "user_class": "resident",
    }
    return Applicant(**{**usual, **other})


def context_with(settings: msgspec.Struct, **other: Any) -> CheckContext:  # noqa: ANN401  # any property
    """What a plugin is told, with settings of its own, secrets that exist, and a clock that stands still."""
    usual: dict[str, Any] = {
        "applicant": applicant(),
        "settings": settings,
        "now": NOW,
        "return_url": "http://aoba.localhost/identity/return",
        "secret": lambda variable: f"the secret {variable}, which is never kept",
        "new_secret": lambda letters, alphabet: "".join(alphabet[(7 * at) % len(alphabet)] for at in range(letters)),
        "keyed_hash": lambda told: sha256(f"key:{told}".encode()).hexdigest(),
        "papers": (),
    }
    return CheckContext(**{**usual, **other})


async def refusal_of(asked: Awaitable[object]) -> Exception | None:
    """What was raised of what may be raised; anything else is the plugin's fault."""
    try:
        await asked
    except ALLOWED as refusal:
        return refusal
    return None


class IdentityPluginContract:
    """The suite. ``plugin`` and ``settings`` are the least that it must be told."""

    plugin: ClassVar[IdentityPlugin]
    settings: ClassVar[Mapping[str, Any]] = {}
    papers: ClassVar[tuple[PaperAsked, ...]] = ()
    right: ClassVar[Answer | None] = None

    @pytest.fixture
    def context(self) -> CheckContext:
        """What the plugin is told."""
        return context_with(msgspec.convert(dict(self.settings), self.plugin.settings_type), papers=self.papers)

    @pytest.fixture
    def right_answer(self) -> Callable[[Begun], Awaitable[Answer]]:
        """What will do, given what was begun: ``right``, or the code of the letter."""

        async def answer(begun: Begun) -> Answer:
            letter = getattr(begun.step, "letter", None)
            found = TypedCode(code=letter.shown) if self.right is None and letter is not None else self.right
            assert found is not None, "say what the right answer is: `right`, or the fixture `right_answer`"
            return found

        return answer

    def test_it_says_its_name_and_the_contract_that_it_keeps(self) -> None:
        """Name, version and kinds."""
        assert self.plugin.name.startswith("identity-")
        assert self.plugin.contract == CONTRACT
        assert self.plugin.begins_with in get_args(NextStep)

    def test_its_settings_have_a_schema_and_refuse_what_they_do_not_know(self) -> None:
        """A frozen struct that forbids unknown fields, of which a JSON Schema can be made."""
        shape = self.plugin.settings_type
        assert shape.__struct_config__.frozen
        assert shape.__struct_config__.forbid_unknown_fields
        assert "$ref" in msgspec.json.schema(shape)
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**self.settings, "no_such_setting": 1}, shape)

    async def test_it_begins_with_the_step_that_it_announces(self, context: CheckContext) -> None:
        """``begins_with`` holds."""
        begun = await self.plugin.begin(context)

        assert isinstance(begun.step, self.plugin.begins_with)

    async def test_what_it_keeps_is_json_and_holds_no_code_in_clear(self, context: CheckContext) -> None:
        """What is kept can be stored; a code that proves something is not in it, nor a secret of the environment."""
        begun = await self.plugin.begin(context)
        kept = json.dumps(dict(begun.kept), allow_nan=False)
        letter = getattr(begun.step, "letter", None)

        assert "which is never kept" not in kept
        assert letter is None or (letter.code not in kept and letter.shown not in kept)

    async def test_it_takes_the_right_answer(
        self, context: CheckContext, right_answer: Callable[[Begun], Awaitable[Answer]]
    ) -> None:
        """The right answer is taken, after a way through the database."""
        begun = await self.plugin.begin(context)
        outcome = await self.plugin.receive(context, kept=_stored(begun), answer=await right_answer(begun))

        assert isinstance(outcome, Verified | AwaitReview)
        json.dumps(dict(outcome.evidence), allow_nan=False)

    async def test_the_same_answer_twice_has_the_same_outcome_or_is_refused(
        self, context: CheckContext, right_answer: Callable[[Begun], Awaitable[Answer]]
    ) -> None:
        """A reloaded page does no harm."""
        begun = await self.plugin.begin(context)
        kept, answer = _stored(begun), await right_answer(begun)
        first = await self.plugin.receive(context, kept=kept, answer=answer)
        again: list[Outcome] = []

        async def once_more() -> None:
            again.append(await self.plugin.receive(context, kept=kept, answer=answer))

        refused = await refusal_of(once_more())

        assert refused is not None or isinstance(again[0], TryAgain | type(first))

    @pytest.mark.parametrize("answer", SAMPLES, ids=lambda answer: type(answer).__name__)
    async def test_what_proves_nothing_verifies_nobody(self, context: CheckContext, answer: Answer) -> None:
        """Foreign, forged and empty answers are refused, or end with a no; nothing else is raised."""
        begun = await self.plugin.begin(context)
        outcomes: list[Outcome] = []

        async def receive() -> None:
            outcomes.append(await self.plugin.receive(context, kept=_stored(begun), answer=answer))

        await refusal_of(receive())

        assert all(isinstance(outcome, Rejected | TryAgain) for outcome in outcomes)

    @pytest.mark.parametrize("answer", SAMPLES, ids=lambda answer: type(answer).__name__)
    async def test_nothing_is_verified_where_nothing_was_begun(self, context: CheckContext, answer: Answer) -> None:
        """With nothing kept, no forged answer leads anywhere."""
        outcomes: list[Outcome] = []

        async def receive() -> None:
            outcomes.append(await self.plugin.receive(context, kept={}, answer=answer))

        await refusal_of(receive())

        assert all(isinstance(outcome, Rejected | TryAgain) for outcome in outcomes)

    async def test_a_person_of_whom_little_is_known_is_no_accident(self, context: CheckContext) -> None:
        """Without birth date, address or mail it begins, or refuses in words."""
        bare = applicant(birth_date=None, postcode=None, address=None, email=None, kana="")

        await refusal_of(self.plugin.begin(replace(context, applicant=bare)))

    async def test_it_shows_no_secret_when_it_is_printed(
        self, context: CheckContext, right_answer: Callable[[Begun], Awaitable[Answer]]
    ) -> None:
        """What a log might print of steps and answers holds no code."""
        begun = await self.plugin.begin(context)
        letter = getattr(begun.step, "letter", None)
        answer = await right_answer(begun)

        assert letter is None or letter.code not in repr(begun)
        assert not isinstance(answer, TypedCode) or answer.code not in repr(answer)


def _stored(begun: Begun) -> Mapping[str, Any]:
    kept: dict[str, Any] = json.loads(json.dumps(dict(begun.kept)))
    return kept

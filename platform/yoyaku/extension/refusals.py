"""What a plugin may raise."""

from __future__ import annotations

from yoyaku.kernel.errors import YoyakuError


class AnswerRefused(YoyakuError):
    """What came will not do (``reason``, and its facts): the check stays where it was, and the person tries again.

    Words: ``error.identity_answer_refused.<reason>``.
    """

    status = 422
    code = "identity_answer_refused"
    title = "This cannot be accepted."

    @property
    def variant(self) -> str | None:
        """The reason."""
        return str(self.facts.get("reason")) if "reason" in self.facts else None


class ProviderFailed(YoyakuError):
    """The provider did not answer, or not as agreed (``reason``): nothing has changed, one may try again later."""

    status = 502
    code = "identity_provider_failed"
    title = "The identity service could not be reached. Your registration is as it was."


class SecretMissing(YoyakuError):
    """The environment lacks a secret that the settings name (``variable``)."""

    status = 500
    code = "identity_secret_missing"
    title = "A secret of the identity service is not set up."

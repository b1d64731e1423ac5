"""What is refused about passkeys (Web Authentication Level 2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from yoyaku.kernel.errors import YoyakuError

CHALLENGE_LASTS: Final = timedelta(minutes=5)
MOST_PASSKEYS: Final = 10
NAME_LETTERS: Final = 40


class PasskeyRefused(YoyakuError):
    """What the browser sent is no proof: altered, of another site, of an old challenge, or of a key that is not known.

    ``why`` says more where it helps: ``over``, ``taken``, ``too_many`` (with ``at_most``), ``unverified``.
    """

    status = 422
    code = "passkey_refused"
    title = "This passkey could not be used."

    @property
    def variant(self) -> str | None:
        """The reason, where there is one to tell."""
        why = self.facts.get("why")
        return None if why is None else str(why)


class PasskeyElsewhere(YoyakuError):
    """Passkeys belong to a service's own host; this page was opened at another, or below a path of a shared one."""

    status = 422
    code = "passkey_elsewhere"
    title = "Passkeys work only at the service's own address."


class PasskeysNotOffered(YoyakuError):
    """The service's rules offer none."""

    status = 404
    code = "passkeys_not_offered"
    title = "This service has no passkeys."

"""A refusal by a rule: the sentence a clerk would say, with the clauses that made it."""

from __future__ import annotations

from yoyaku.kernel.errors import YoyakuError
from yoyaku.rules.trace import Trace


class Refusal(YoyakuError):
    """What was asked for is refused by a rule; nothing was changed.

    ``facts`` fill the words under ``error.<code>`` and say, where there is one, how it would be allowed (``opens_at``,
    ``closes_at``, ``allowed_from``: aware instants in UTC). ``trace`` names the clauses, the refusing one last.
    """

    code = "refused"
    title = "A rule of this service refuses this."

    def __init__(self, detail: str | None = None, /, *, trace: Trace = (), **facts: object) -> None:
        super().__init__(detail, **facts)
        self.trace = trace

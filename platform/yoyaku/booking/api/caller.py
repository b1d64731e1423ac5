"""What every route of bookings is given: the transaction, who asks, the rules for a day; no page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.booking.pages.here import RulesFor
from yoyaku.booking.policy import BookingRequest
from yoyaku.booking.rules import FIRST_YEAR, LAST_YEAR, ServiceRules, is_within_reach
from yoyaku.booking.views import BookingView
from yoyaku.booking.visit import Visit
from yoyaku.kernel.errors import Malformed, YoyakuError
from yoyaku.registration.api import NotLoggedIn
from yoyaku.registration.service import SessionView
from yoyaku.ui.problem import Problem, problem_of
from yoyaku.ui.words import Words


class DateOutOfReach(Malformed):
    """A date lies outside the years that are kept (``first_year`` to ``last_year``)."""

    code = "date_out_of_reach"
    title = "The date lies too far away."


class DifferentRules(YoyakuError):
    """Two items fall under different versions of the rules; they are applied for one by one."""

    code = "different_rules"
    title = "These fall under different rules. Please book them separately."


class Caller:
    """One request of the API.

    No dataclass: Litestar would look into its fields and stumble over the sets among a person's facts.
    """

    def __init__(  # what a request consists of
        self,
        *,
        conn: AsyncConnection,
        visit: Visit,
        session: SessionView | None,
        rules_for: RulesFor,
        today: date,
        words: Callable[[], Words],
    ) -> None:
        """Gather what was opened for the request; the words are found when a sentence is needed."""
        self.conn = conn
        self.visit = visit
        self.session = session
        self.rules_for = rules_for
        self.today = today
        self._words = words

    async def rules(self, day: date | None = None) -> ServiceRules:
        """Return the rules for a use on ``day`` (today where none is named).

        Raises:
            DateOutOfReach: no rules reach that far.
        """
        return await self.rules_for.used_on(self.today if day is None else near(day))

    async def rules_for_all(self, items: Iterable[BookingRequest]) -> ServiceRules:
        """Return the rules for all items of a submission.

        Raises:
            DifferentRules: they fall under more than one version.
        """
        first, *others = [await self.rules(day) for day in dict.fromkeys(item.use_on for item in items)]
        if any(other.version != first.version for other in others):
            raise DifferentRules
        return first

    async def pinned(self, booking: BookingView) -> ServiceRules:
        """Return the rules that a booking keeps."""
        return await self.rules_for.pinned(
            version=booking.rule_set_version, inventory_version=booking.inventory_version
        )

    def require_login(self) -> None:
        """Let pass who is logged in.

        Raises:
            NotLoggedIn: nobody is.
        """
        if self.session is None:
            raise NotLoggedIn

    def told(self, error: YoyakuError | None) -> Problem | None:
        """An error inside a good answer, with its sentence."""
        return None if error is None else problem_of(error, self._words())


By = NamedDependency[Caller]


def near(day: date) -> date:
    """The day itself, where it is one that bookings can have.

    Raises:
        DateOutOfReach: it is not.
    """
    if not is_within_reach(day):
        raise DateOutOfReach(first_year=FIRST_YEAR, last_year=LAST_YEAR - 1)
    return day

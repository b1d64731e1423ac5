"""What every page of registration and log-in is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from yoyaku.kernel.seal import Seal
from yoyaku.registration.act import Act
from yoyaku.registration.policy import SessionLimits
from yoyaku.registration.service import Gate, SessionView, Throttle
from yoyaku.registration.service.identity_means import IdentityMeans
from yoyaku.registration.terms import RegistrationTerms
from yoyaku.ui.page import Page
from yoyaku.ui.words import Words


@dataclass(frozen=True, kw_only=True)
class Client:
    """From where a request comes: its address, how its browser calls itself, and the marks it keeps.

    ``device_mark`` is of known devices, ``applicant_mark`` of a registration just applied for (sealed).
    """

    address: str
    browser: str
    device_mark: str | None = field(default=None, repr=False)
    applicant_mark: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which service this is: its keys, its address for links (no slash at the end), and the version of its rules."""

    tenant_id: str
    service_id: str
    address: str
    rule_set_version: int


@dataclass(frozen=True, kw_only=True)
class Means:
    """What a process lends to a request."""

    engine: AsyncEngine
    seal: Seal
    plugin_profiles: Path | None


class Door:
    """One request of the pages of registration and log-in.

    ``session`` is full; ``pending`` is one that waits for its second factor. ``now`` and ``today`` are the service's
    business time, ``real_now`` is real. No dataclass: Litestar would look into its fields.
    """

    def __init__(  # noqa: PLR0913  # what a request of these pages is
        self,
        *,
        page: Page,
        conn: AsyncConnection,
        terms: RegistrationTerms,
        place: Place,
        means: Means,
        client: Client,
        limits: SessionLimits,
        now: datetime,
        real_now: datetime,
        today: date,
        token: str | None,
        session: SessionView | None,
        pending: SessionView | None,
    ) -> None:
        """Gather what was opened for the request."""
        self.page = page
        self.conn = conn
        self.terms = terms
        self.place = place
        self.means = means
        self.client = client
        self.limits = limits
        self.now = now
        self.real_now = real_now
        self.today = today
        self.token = token
        self.session = session
        self.pending = pending

    @property
    def act(self) -> Act:
        """Who acts here: whoever is logged in."""
        session = self.session
        return Act(
            terms=self.terms,
            rule_set_version=self.place.rule_set_version,
            now=self.now,
            real_now=self.real_now,
            today=self.today,
            account_id=session.account_id if session else None,
            staff_id=session.staff_id if session else None,
            staff_name=session.display_name if session and session.staff_id else None,
        )

    @property
    def identity_means(self) -> IdentityMeans:
        """What checks of identity are lent here."""
        return IdentityMeans(
            seal=self.means.seal,
            plugin_profiles=self.means.plugin_profiles,
            return_url=f"{self.place.address}/identity/return",
        )

    @property
    def throttle(self) -> Throttle:
        """What slows down whoever guesses."""
        place, means = self.place, self.means
        return Throttle(engine=means.engine, tenant_id=place.tenant_id, service_id=place.service_id, seal=means.seal)

    @property
    def gate(self) -> Gate:
        """Under which rules one logs in here and now."""
        return Gate(
            terms=self.terms, limits=self.limits, throttle=self.throttle, real_now=self.real_now, today=self.today
        )

    @property
    def words(self) -> Words:
        """The language and wording of the page."""
        return self.page.words

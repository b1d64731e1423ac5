"""From a draft to a version in force: what still hinders it, asking for the review, publishing.

The database holds to the same: see ``migrations/sql/0006/20_drafts.sql``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from yoyaku.admin.service.audit import note_act
from yoyaku.admin.service.folder_load import published
from yoyaku.admin.service.rule_checking import beside
from yoyaku.admin.service.rule_drafts import SUBJECT, examine, staff_of
from yoyaku.admin.service.rule_mails import with_mails
from yoyaku.booking.visit import Visit
from yoyaku.extension.profiles import Installation
from yoyaku.kernel.errors import YoyakuError
from yoyaku.lottery.repository.dues import set_off_planning
from yoyaku.rulebook.draft import DraftChecked
from yoyaku.rulebook.terms import Applies, RuleSet
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import (
    DRY_RUN_COUNTS,
    REVIEW_COUNTS,
    Draft,
    DraftChangedMeanwhile,
    DraftOver,
    Lapse,
    Review,
    Staleness,
    Tried,
    VersionHead,
)
from yoyaku.tenancy import repository as tenancy


class NotPublishable(YoyakuError):
    """What hinders a draft from being published, or reviewed (``reason``), with ``count``, ``day``, ``version`` of it."""

    code = "rules_not_publishable"
    title = "This draft cannot be published as it stands."

    @property
    def variant(self) -> str | None:
        """The sentence of the reason."""
        return str(self.facts["reason"])


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a draft is: what its check found, its dry run as it stands, the review, the newest version.

    ``stale`` is why the dry run counts no more, ``lapsed`` why the approval does not (``review`` is then ``None``);
    ``lacks`` is what the rules name and the site has not.
    """

    draft: Draft
    checked: DraftChecked
    tried: Tried | None
    stale: Staleness | None
    review: Review | None
    lapsed: Lapse | None
    newest: VersionHead
    service_id: str
    today: date
    lacks: tuple[NotPublishable, ...] = ()

    @property
    def rule_set(self) -> RuleSet | None:
        """The rule set, where its texts have no error."""
        return None if self.checked.errors or self.checked.book is None else self.checked.book.rules

    @property
    def applies(self) -> Applies | None:
        """To what it would apply; ``None`` where its texts do not say so."""
        book = self.checked.book
        is_wrong = any(fault.path[:1] in {(), ("applies",)} for fault in self.checked.errors)
        return None if book is None or is_wrong else book.rules.applies

    @property
    def applies_from(self) -> date | None:
        """From which day it would apply."""
        return None if self.applies is None else date.fromisoformat(self.applies.since)

    @property
    def is_outdated(self) -> bool:
        """Whether a version was published after the one it began from."""
        return self.draft.based_on != self.newest.version


async def standing_of(
    conn: AsyncConnection, *, visit: Visit, draft: Draft, today: date, installation: Installation | None = None
) -> Standing:
    """How far a draft is, on the installation that it is to run on."""
    heads = await ruleset.versions(conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
    reviews = await ruleset.reviews_of(conn, draft_id=draft.draft_id)
    approvals = (one for one in reviews if one.verdict == "approved" and one.revision == draft.revision)
    review = next(approvals, None) if draft.state in {"approved", "published"} else None
    tried = await ruleset.tried_of(conn, draft=draft)
    is_open = review is not None and not draft.is_over
    lapsed = review.lapse(now=visit.now, newest=heads[-1].version) if review is not None and is_open else None
    checked = beside(await examine(conn, visit=visit, texts=draft.files), installation)
    checked = await with_mails(conn, visit=visit, checked=checked)
    rules = None if checked.book is None or checked.errors else checked.book.rules
    return Standing(
        draft=draft,
        checked=checked,
        lacks=() if rules is None else tuple(await _lacking(conn, visit=visit, rules=rules)),
        tried=tried,
        stale=None if draft.is_over else await staleness_of(conn, visit=visit, tried=tried, newest=heads[-1].version),
        review=None if lapsed else review,
        lapsed=lapsed,
        newest=heads[-1],
        service_id=visit.service_id,
        today=today,
    )


async def staleness_of(
    conn: AsyncConnection, *, visit: Visit, tried: Tried | None, newest: int | None = None
) -> Staleness | None:
    """Why a dry run that came out counts no more; ``newest`` is the newest version of the rules, where it is known."""
    if tried is None or tried.state != "done":
        return None
    if newest is None:
        heads = await ruleset.versions(conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
        newest = heads[-1].version
    inventory = await ruleset.latest_inventory_version(conn, tenant_id=visit.tenant_id)
    return tried.staleness(now=visit.now, newest=newest, inventory=inventory)


async def _lacking(conn: AsyncConnection, *, visit: Visit, rules: RuleSet) -> list[NotPublishable]:
    """The pages of terms that the rules name and the site has not."""
    services = await tenancy.read_services(conn, tenant_id=visit.tenant_id)
    own = next(one for one in services if one["service_id"] == visit.service_id)
    pages = dict.fromkeys(terms.page for terms in rules.booking.terms if terms.page not in own["pages"])
    return [NotPublishable(reason="no_page", found=page) for page in pages]


def stale_told(stale: Staleness, tried: Tried) -> NotPublishable:
    """That a dry run counts no more, and why."""
    return NotPublishable(reason=f"stale_{stale}", count=tried.booked_since, days=DRY_RUN_COUNTS.days)


def lapse_told(lapsed: Lapse) -> NotPublishable:
    """That an approval counts no more, and why."""
    return NotPublishable(reason=f"lapsed_{lapsed}", days=REVIEW_COUNTS.days)


def hindrances(standing: Standing) -> Iterator[NotPublishable]:
    """What keeps a draft from being reviewed: it is wrong, has no future, or nobody looked at what it does."""
    draft, rules, tried = standing.draft, standing.rule_set, standing.tried
    if rules is None:
        yield NotPublishable(reason="wrong", count=len(standing.checked.errors))
    else:
        if rules.service != standing.service_id:
            yield NotPublishable(reason="other_service", found=rules.service)
        if published(rules).digest == standing.newest.digest:
            yield NotPublishable(reason="same", version=standing.newest.version)
        elif standing.applies_from is not None and standing.applies_from < standing.today:
            yield NotPublishable(reason="past", day=standing.applies_from)
    yield from standing.lacks
    if tried is None or tried.state != "done":
        yield NotPublishable(reason="trying" if tried is not None and tried.is_open else "not_tried")
    elif standing.stale is not None:
        yield stale_told(standing.stale, tried)
    elif tried.broken and not draft.transition:
        yield NotPublishable(reason="breaks", count=tried.broken)


def last_hindrances(standing: Standing, *, seen_newest: int) -> Iterator[NotPublishable]:
    """What keeps a draft from being published; ``seen_newest`` is the version that it was compared with."""
    if standing.newest.version != seen_newest:
        yield NotPublishable(reason="newer", version=standing.newest.version)
    yield from hindrances(standing)
    if standing.lapsed is not None:
        yield lapse_told(standing.lapsed)
    elif standing.review is None:
        yield NotPublishable(reason="not_reviewed")


async def require_newest(conn: AsyncConnection, *, visit: Visit, seen_newest: int) -> None:
    """Let pass who decides beside the version that they saw.

    Raises:
        NotPublishable: a newer one was published since.
    """
    heads = await ruleset.versions(conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
    if heads[-1].version != seen_newest:
        raise NotPublishable(reason="newer", version=heads[-1].version)


async def ask_for_review(  # which save of what, on which installation
    conn: AsyncConnection,
    *,
    visit: Visit,
    draft_id: UUID,
    seen_revision: int,
    today: date,
    installation: Installation | None = None,
) -> Draft:
    """Ask that somebody else reviews a draft as it stands: only what is right and was tried, and once while it counts.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile, NotPublishable: nothing was changed.
    """
    before = await ruleset.get_draft(conn, draft_id=draft_id)
    standing = await standing_of(conn, visit=visit, draft=before, today=today, installation=installation)
    if before.state == "approved" and standing.lapsed is None:
        raise DraftOver(state=before.state)
    draft = await ruleset.ask_review(
        conn, draft_id=draft_id, seen_revision=seen_revision, staff_id=staff_of(visit), now=visit.now
    )
    for hindrance in hindrances(standing):
        raise hindrance
    await _note(conn, visit, draft, "rules_review_asked")
    return draft


async def publish(  # noqa: PLR0913  # which save of what beside which version, on which installation
    conn: AsyncConnection,
    *,
    visit: Visit,
    draft_id: UUID,
    seen_revision: int,
    seen_newest: int,
    today: date,
    installation: Installation | None = None,
) -> VersionHead:
    """Make an approved draft the next version; it applies as its texts say.

    Raises:
        NotFound, DraftOver, DraftChangedMeanwhile, NotPublishable: nothing was changed.
    """
    # First of all: who publishes beside this one is waited for, and then seen among the hindrances.
    await ruleset.hold_versions(conn, tenant_id=visit.tenant_id, service_id=visit.service_id)
    draft = await ruleset.get_draft(conn, draft_id=draft_id)
    if draft.revision != seen_revision:
        raise DraftChangedMeanwhile(by_name=draft.changed_by_name, at=draft.changed_at, revision=draft.revision)
    if draft.is_over:
        raise DraftOver(state=draft.state)
    standing = await standing_of(conn, visit=visit, draft=draft, today=today, installation=installation)
    for hindrance in last_hindrances(standing, seen_newest=seen_newest):
        raise hindrance
    if standing.rule_set is None or standing.review is None:
        raise LookupError("without rules or review, and yet nothing hinders")
    head = await ruleset.publish_draft(
        conn,
        tenant_id=visit.tenant_id,
        service_id=visit.service_id,
        draft=draft,
        checked=published(standing.rule_set),
        published_by=visit.staff_name or "",
        reviewed_by=standing.review.reviewed_by_name,
        real_now=visit.real_now,
    )
    if standing.rule_set.lottery.schemes:
        await set_off_planning(conn)
    facts = {"version": head.version, "applies_by": head.applies_by, "applies_from": head.applies_from.isoformat()}
    await _note(conn, visit, draft, "rules_published", **facts)
    return head


async def _note(conn: AsyncConnection, visit: Visit, draft: Draft, act: str, **facts: object) -> None:
    told = {"title": draft.title, "revision": draft.revision, **facts}
    await note_act(conn, visit=visit, act=act, subject=(SUBJECT, str(draft.draft_id)), facts=told)

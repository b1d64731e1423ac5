"""Drafts of rules: nothing that was saved is lost, nobody reviews their own, the database holds to it."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from yoyaku.db.tables import dry_run, staff
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.ids import new_id
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import (
    DRY_RUN_COUNTS,
    REVIEW_COUNTS,
    DraftChangedMeanwhile,
    DraftOver,
    FilesRefused,
    OwnReview,
    RemarkMissing,
    Tried,
    VersionHead,
    life_of,
)
from yoyaku.testing.town import SERVICE, TOWN

NOW = datetime(2027, 1, 10, 1, 0, tzinfo=UTC)
HERE = {"tenant_id": TOWN, "service_id": SERVICE}
FILES = {"rules.yaml": "title: 規則\n"}
OTHER = {"rules.yaml": "title: 新しい規則\n"}
SECOND = timedelta(seconds=1)
CHECKED = ruleset.Checked(document='{"a": 2}', applies_by="made", applies_from=date(2027, 4, 1))


@pytest.fixture
async def admins(town):
    """Two admins."""
    made = {new_id(): name for name in ("係長 葉子", "主査 実")}
    async with town.act() as conn:
        for one, name in made.items():
            await conn.execute(insert(staff).values(**HERE, staff_id=one, name=name, roles=["tenant_admin"]))
    return list(made)


@pytest.fixture
def begin(town, admins):
    async def run(files=FILES, **more):
        values = {"title": "取消料の改正", "based_on": 1, "files": files, "staff_id": admins[0], "now": NOW} | more
        async with town.act() as conn:
            return await ruleset.begin_draft(conn, **HERE, **values)

    return run


@pytest.fixture
def save(town, admins):
    async def run(draft, files=OTHER, *, by=0, transition="", seen=None):
        async with town.act() as conn:
            return await ruleset.save_draft(
                conn,
                draft_id=draft.draft_id,
                seen_revision=seen or draft.revision,
                files=files,
                transition=transition,
                staff_id=admins[by],
                now=NOW + timedelta(minutes=1),
            )

    return run


@pytest.fixture
def approved(town, admins, begin, save):
    """A draft that the second admin approved."""

    async def run(transition=""):
        draft = await save(await begin(), transition=transition)
        seen = {"draft_id": draft.draft_id, "seen_revision": draft.revision, "now": NOW}
        async with town.act() as conn:
            await ruleset.ask_review(conn, **seen, staff_id=admins[0])
            return await ruleset.review_draft(conn, **seen, verdict="approved", remark="", staff_id=admins[1])

    return run


async def add_run(town, draft, admins, *, revision=None, **more):
    row = {"run_id": new_id(), "draft_id": draft.draft_id, "revision": revision or draft.revision, "state": "done"}
    row |= {"broken": 0, "as_of": NOW, "newest_version": 1, "inventory_version": 1} | more
    async with town.act() as conn:
        await conn.execute(
            insert(dry_run).values(
                **HERE,
                **row,
                asked_at=NOW,
                asked_by=admins[0],
                finished_at=NOW,
                total=0,
                done=0,
                cancel_asked=False,
                summary={},
            )
        )


async def publish(town, draft, *, at=NOW):
    async with town.act() as conn:
        return await ruleset.publish_draft(
            conn, **HERE, draft=draft, checked=CHECKED, published_by="係長 葉子", reviewed_by="主査 実", real_now=at
        )


async def test_every_save_is_kept_and_says_by_whom(town, begin, save):
    draft = await begin()
    assert (draft.state, draft.revision, draft.made_by_name, draft.files) == ("open", 1, "係長 葉子", FILES)
    changed = await save(draft, by=1)
    assert (changed.revision, changed.changed_by_name, changed.files) == (2, "主査 実", OTHER)
    assert await save(changed, OTHER) == changed  # the same texts are no save
    async with town.act() as conn:
        assert [one.revision for one in await ruleset.saves_of(conn, draft_id=draft.draft_id)] == [2, 1]
        assert await ruleset.draft_files_at(conn, draft_id=draft.draft_id, revision=1) == FILES
        with pytest.raises(NotFound):
            await ruleset.draft_files_at(conn, draft_id=draft.draft_id, revision=3)


async def test_of_two_who_save_at_once_one_is_told_of_the_other(begin, save):
    draft = await begin()
    results = await asyncio.gather(
        save(draft, {"rules.yaml": "a: 1\n"}), save(draft, {"rules.yaml": "a: 2\n"}, by=1), return_exceptions=True
    )
    (won,) = [one for one in results if not isinstance(one, Exception)]
    (told,) = [one for one in results if isinstance(one, DraftChangedMeanwhile)]
    assert (won.revision, told.facts["revision"], told.facts["by_name"]) == (2, 2, won.changed_by_name)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "count"),
        ({"../x.yaml": ""}, "name"),
        ({"rules.yaml": "a: \x00"}, "text"),
        ({"rules.yaml": "x" * 1_000_001}, "size"),
        ({f"f{number}.yaml": "" for number in range(51)}, "count"),
    ],
)
async def test_what_cannot_be_kept_is_refused_whole(begin, files, reason):
    with pytest.raises(FilesRefused) as refused:
        await begin(files)
    assert refused.value.facts["reason"] == reason


async def test_a_draft_begins_from_a_version_that_there_is(begin):
    with pytest.raises(NotFound):
        await begin(based_on=9)
    with pytest.raises(FilesRefused):
        await begin(title=" ")


async def test_nobody_who_wrote_any_of_it_or_asked_reviews(town, admins, begin, save):
    draft = await save(await begin(), by=1)  # both wrote
    seen = {"draft_id": draft.draft_id, "seen_revision": 2, "now": NOW}
    async with town.act() as conn:
        await ruleset.ask_review(conn, **seen, staff_id=admins[0])
    for one in admins:
        with pytest.raises(OwnReview):
            async with town.act() as conn:
                await ruleset.review_draft(conn, **seen, verdict="approved", remark="", staff_id=one)


async def test_the_database_refuses_an_own_approval_too(town, admins, begin):
    draft = await begin()
    with pytest.raises(IntegrityError, match="own draft"):
        async with town.act() as conn:
            await conn.execute(
                text(
                    "INSERT INTO rule_review VALUES (:tenant_id, :service_id, :id, :draft, 1, 'approved', '', :now, :by)"
                ),
                {**HERE, "id": new_id(), "draft": draft.draft_id, "now": NOW, "by": admins[0]},
            )


async def test_a_returned_draft_is_open_again_and_says_why(town, admins, begin):
    draft = await begin()
    seen = {"draft_id": draft.draft_id, "seen_revision": 1, "now": NOW}
    said = {**seen, "verdict": "returned", "staff_id": admins[1]}
    async with town.act() as conn:
        await ruleset.ask_review(conn, **seen, staff_id=admins[0])
        with pytest.raises(RemarkMissing):
            await ruleset.review_draft(conn, **said, remark=" ")
        back = await ruleset.review_draft(conn, **said, remark="附則がない")
        (review,) = await ruleset.reviews_of(conn, draft_id=draft.draft_id)
    assert (back.state, review.remark, review.reviewed_by_name) == ("open", "附則がない", "主査 実")


async def test_a_save_takes_an_approved_draft_back(approved, save):
    draft = await approved()
    assert draft.state == "approved"
    assert (await save(draft, FILES)).state == "open"


async def test_an_approved_and_tried_draft_becomes_the_next_version(town, admins, approved):
    draft = await approved()
    await add_run(town, draft, admins)
    head = await publish(town, draft)
    assert (head.version, head.summary, head.reviewed_by, head.draft_id) == (
        2, "取消料の改正", "主査 実", draft.draft_id,
    )  # fmt: skip
    async with town.act() as conn:
        assert await ruleset.texts_of(conn, **HERE, version=2) == OTHER
        done = await ruleset.get_draft(conn, draft_id=draft.draft_id)
        assert (done.state, done.published_version) == ("published", 2)
        assert (await ruleset.versions(conn, **HERE))[-1] == head
        with pytest.raises(DraftOver):
            await ruleset.drop_draft(conn, draft_id=draft.draft_id)


@pytest.mark.parametrize(
    ("run", "transition", "is_allowed"),
    [
        (None, "", False),
        ({"broken": 2}, "", False),
        ({"broken": 2}, "従前の例による", True),
        ({"revision": 1}, "", False),
        ({"state": "failed"}, "", False),
        ({"as_of": NOW - DRY_RUN_COUNTS}, "", False),
        ({"newest_version": 2}, "", False),
        ({"inventory_version": None}, "", False),
    ],
    ids=["none", "breaks", "breaks with a transition", "of before", "failed", "old", "other rules", "other facilities"],
)
async def test_the_database_refuses_what_no_dry_run_has_passed(town, admins, approved, run, transition, is_allowed):
    draft = await approved(transition)
    if run is not None:
        await add_run(town, draft, admins, **run)
    if is_allowed:
        assert (await publish(town, draft)).transition == transition
    else:
        with pytest.raises(IntegrityError, match="not tried"):
            await publish(town, draft)


async def test_the_database_refuses_a_version_without_an_approved_draft(town, admins, begin):
    with pytest.raises(IntegrityError, match="reviewed draft"):
        async with town.act() as conn:
            await ruleset.publish(conn, **HERE, checked=CHECKED, published_by="係長 葉子", real_now=NOW)
    draft = await begin()
    await add_run(town, draft, admins)
    with pytest.raises(IntegrityError, match="not approved"):
        async with town.act() as conn:
            await conn.execute(
                text(
                    "INSERT INTO rule_set_version (tenant_id, service_id, version, digest, document, applies_by,"
                    " applies_from, published_at, published_by, draft_id)"
                    " VALUES (:tenant_id, :service_id, 2, '', '{}', 'made', '2027-04-01', :now, '', :draft)"
                ),
                {**HERE, "now": NOW, "draft": draft.draft_id},
            )
    with pytest.raises(DraftOver):
        await publish(town, draft)


async def test_the_database_publishes_a_draft_once_and_only_what_was_saved(town, admins, approved):
    draft = await approved()
    await add_run(town, draft, admins)
    with pytest.raises(IntegrityError, match="not approved"):
        await publish(town, replace(draft, files=FILES))
    with pytest.raises(IntegrityError, match="not approved"):
        await publish(town, replace(draft, transition="だれも承認していない"))
    await publish(town, draft)
    async with town.act() as conn:
        await conn.execute(text("UPDATE rule_draft SET state = 'approved', published_version = NULL"))
    with pytest.raises(IntegrityError, match="not approved"):
        await publish(town, draft)


async def test_of_two_drafts_published_at_once_the_second_is_to_be_reviewed_again(town, admins, approved):
    drafts = [await approved(), await approved()]
    for one in drafts:
        await add_run(town, one, admins)
    done = await asyncio.gather(*(publish(town, one) for one in drafts), return_exceptions=True)
    (head,) = [one for one in done if not isinstance(one, Exception)]
    (refused,) = [one for one in done if isinstance(one, IntegrityError)]
    assert head.version == 2
    assert "not approved" in str(refused)


async def test_an_approval_lapses_and_is_asked_for_anew(town, admins, approved):
    draft = await approved()
    async with town.act() as conn:
        (review,) = await ruleset.reviews_of(conn, draft_id=draft.draft_id)
        lapses = [review.lapse(now=NOW + REVIEW_COUNTS - SECOND, newest=1), review.lapse(now=NOW, newest=2)]
        assert [*lapses, review.lapse(now=NOW + REVIEW_COUNTS, newest=1)] == [None, "rules", "old"]
    late = NOW + REVIEW_COUNTS
    await add_run(town, draft, admins, as_of=late)
    with pytest.raises(IntegrityError, match="not approved"):
        await publish(town, draft, at=late)
    seen = {"draft_id": draft.draft_id, "seen_revision": draft.revision, "now": late}
    async with town.act() as conn:
        assert (await ruleset.ask_review(conn, **seen, staff_id=admins[0])).state == "in_review"
        await ruleset.review_draft(conn, **seen, verdict="approved", remark="", staff_id=admins[1])
    assert (await publish(town, draft, at=late)).version == 2


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ({}, None),
        ({"as_of": NOW - DRY_RUN_COUNTS + SECOND}, None),
        ({"as_of": NOW - DRY_RUN_COUNTS}, "old"),
        ({"newest_version": 1}, "rules"),
        ({"newest_version": None}, "rules"),
        ({"inventory_version": 4}, "facilities"),
        ({"booked_since": 20}, None),
        ({"booked_since": 21}, "bookings"),
        ({"booked_since": 50, "total": 1000}, None),
        ({"booked_since": 51, "total": 1000}, "bookings"),
    ],
)
def test_a_dry_run_counts_until_what_it_looked_at_is_another(change, stale):
    values = {"run_id": new_id(), "state": "done", "total": 15, "done": 15, "broken": 0, "summary": {}}
    values |= {"as_of": NOW, "newest_version": 2, "inventory_version": 3, "booked_since": 0}
    assert Tried(**values | change).staleness(now=NOW, newest=2, inventory=3) == stale


def head(version, since, by="made"):
    return VersionHead(
        version=version, digest="", applies_by=by, applies_from=since, published_at=NOW, published_by="test"
    )


TODAY, APRIL, MAY = date(2027, 3, 1), date(2027, 4, 1), date(2027, 5, 1)


@pytest.mark.parametrize(
    ("heads", "life"),
    [
        ([head(1, TODAY)], ["in_force"]),
        ([head(1, APRIL)], ["scheduled"]),
        ([head(1, TODAY), head(2, APRIL)], ["in_force", "scheduled"]),
        ([head(1, TODAY), head(2, TODAY)], ["superseded", "in_force"]),
        ([head(1, TODAY), head(2, MAY), head(3, APRIL)], ["in_force", "superseded", "scheduled"]),
        ([head(1, TODAY), head(2, MAY, "used"), head(3, MAY)], ["in_force", "scheduled", "scheduled"]),
        ([head(1, TODAY), head(2, MAY), head(3, APRIL, "used")], ["in_force", "superseded", "scheduled"]),
    ],
)
def test_a_version_is_scheduled_in_force_or_superseded(heads, life):
    assert list(life_of(heads, TODAY).values()) == life

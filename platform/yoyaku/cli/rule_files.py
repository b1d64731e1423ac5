"""``yoyaku rules export|import``: between the database and a folder under version control, in the same format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from yoyaku.cli.inside import Inside, run_inside
from yoyaku.kernel.errors import Malformed, NotFound

if TYPE_CHECKING:
    from yoyaku.booking.visit import Visit
    from yoyaku.ruleset.policy import Draft, Texts


@click.command("export")
@click.argument("service", metavar="TENANT/SERVICE")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--version", type=click.IntRange(min=1), help="This version (default: the newest).")
@click.option("--draft", type=click.UUID, help="This draft, as it was saved last; its id stands in its page's address.")
def export_command(service: str, folder: Path, version: int | None, draft: UUID | None) -> None:
    """Write the files of a version, or of a draft, into a folder, as they were written."""

    async def read(place: Inside) -> tuple[str, Texts]:
        from yoyaku.rulebook.stored import files_of
        from yoyaku.ruleset import service as ruleset

        if draft is not None:
            found = await ruleset.get_draft(place.conn, draft_id=draft)
            return found.title, found.files
        where = {"tenant_id": place.tenant_id, "service_id": place.service_id}
        wanted = version or (await ruleset.versions(place.conn, **where))[-1].version
        return f"第{wanted}版 / version {wanted}", await files_of(place.conn, **where, version=wanted)

    if version is not None and draft is not None:
        raise click.UsageError("Name a version or a draft, not both. 版か改正案のどちらかを指定してください。")
    title, texts = run_inside(service, read)
    others = {file.name for file in folder.glob("*.yaml")} - set(texts)
    if others:
        raise Malformed(
            f"{folder} has files that do not belong to it: {', '.join(sorted(others))}. Remove them first. "
            "別の規則のファイルがあります。"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{title}: {folder} ({', '.join(sorted(texts))})")


@click.command("import")
@click.argument("service", metavar="TENANT/SERVICE")
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--title", required=True, help="What changes, and why: the draft's title.")
@click.option(
    "--as", "login_id", required=True, metavar="LOGIN_ID", help="The admin whose draft it is; they cannot approve it."
)
def import_command(service: str, folder: Path, title: str, login_id: str) -> None:
    """Make a draft of the files of a folder; it is tried, reviewed and published on the pages.

    Wrong rules are taken, too: the draft's page says what is wrong.
    """
    from yoyaku.rulebook.texts import unpack

    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else [folder]
    texts = {name: text for file in files for name, text in unpack(file.name, file.read_bytes()).items()}

    async def keep(place: Inside) -> Draft:
        from yoyaku.admin.service.rule_drafts import begin_with
        from yoyaku.ruleset import service as ruleset

        visit = await _admin(place, login_id)
        heads = await ruleset.versions(place.conn, tenant_id=place.tenant_id, service_id=place.service_id)
        version = heads[-1].version
        return await begin_with(place.conn, visit=visit, title=title, version=version, texts=texts)

    draft = run_inside(service, keep)
    click.echo(f"改正案を作りました。 / The draft is begun: /counter/rules/drafts/{draft.draft_id}")


async def _admin(place: Inside, login_id: str) -> Visit:
    """The visit of somebody who may write rules."""
    from yoyaku.admin.repository import list_staff
    from yoyaku.booking.visit import Visit
    from yoyaku.registration.policy.roles import Permission, permissions_of

    found = [one for one in await list_staff(place.conn) if one.login_id == login_id and one.ended_at is None]
    if not found or Permission.EDIT_RULES not in permissions_of(found[0].roles):
        raise NotFound(f'Nobody who may write rules works there under "{login_id}".', what="staff")
    return Visit(
        tenant_id=place.tenant_id,
        service_id=place.service_id,
        now=place.now,
        real_now=place.real_now,
        channel="counter",
        actor="clerk",
        account_id=found[0].account_id,
        staff_id=found[0].staff_id,
        staff_name=found[0].name,
    )

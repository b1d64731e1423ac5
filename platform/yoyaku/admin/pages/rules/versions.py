"""The versions of the rules: which is in force, which is scheduled, which was; and beginning a draft from one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from yoyaku.admin.pages.desk import at_desk, may, read_form, ways
from yoyaku.admin.pages.rules.differing import differing
from yoyaku.admin.pages.rules.shown import (
    HOME,
    attachment,
    by_options,
    draft_path,
    head_words,
    read_applies,
    rules_crumbs,
)
from yoyaku.admin.service.rule_drafts import begin
from yoyaku.booking.pages.here import Here
from yoyaku.kernel.errors import NotFound, YoyakuError
from yoyaku.registration.policy.roles import Permission
from yoyaku.rulebook.editing import EditRefused
from yoyaku.rulebook.stored import files_of, rules_of_version
from yoyaku.rulebook.texts import pack
from yoyaku.ruleset import service as ruleset
from yoyaku.ruleset.policy import Texts, VersionHead, life_of

VERSION: Final = HOME + "/versions/{version:int}"


@get(HOME)
async def show_rules(here: NamedDependency[Here]) -> Response[Any]:
    """What is in force, what is scheduled, what was; drafts that are worked on."""
    if here.session is None:
        return here.page.go(f"/login?next={HOME}")
    at_desk(here, Permission.RULES)
    heads = await _heads(here)
    life = life_of(heads, here.today)
    drafts = await ruleset.list_drafts(here.conn)
    return here.page.show(
        "admin/rules/rules.html",
        heads=[(head, life[head.version], head_words(here, head)) for head in reversed(heads)],
        newest=heads[-1].version,
        drafts=[one for one in drafts if not one.is_over],
        over=[one for one in drafts if one.is_over][:20],
        may_edit=may(here, Permission.EDIT_RULES),
        by=by_options(here),
        ways=ways(here),
        crumbs=rules_crumbs(here),
    )


@get(VERSION)
async def show_version(here: NamedDependency[Here], version: FromPath[int]) -> Response[Any]:
    """One version: to what it applies, who wrote and approved it, its texts, how it differs from the one before."""
    at_desk(here, Permission.RULES)
    return await _version_page(here, version)


@post(VERSION + "/draft", status_code=303)
async def begin_draft(
    here: NamedDependency[Here], version: FromPath[int], request: Request[Any, Any, Any]
) -> Response[Any]:
    """Begin a draft with the texts of a version: to change them, or to go back to them."""
    at_desk(here, Permission.EDIT_RULES)
    form = await read_form(request)
    applies, errors = read_applies(here, form)
    if not form.get("title"):
        errors["title"] = here.words.say("form.missing", label=here.words.say("rules.draft_title"))
    if errors:
        return await _version_page(here, version, form=form, errors=errors)
    try:
        draft = await begin(here.conn, visit=here.visit, title=form["title"], version=version, applies=applies)
    except NotFound:
        raise
    except YoyakuError as refusal:
        at = "applies_from" if isinstance(refusal, EditRefused) else "title"
        return await _version_page(here, version, form=form, errors={at: here.words.sentence(refusal)})
    return here.page.go(draft_path(draft.draft_id), flash="rules_draft_begun")


@get(VERSION + "/files.zip")
async def export_version(here: NamedDependency[Here], version: FromPath[int]) -> Response[Any]:
    """The texts of a version, as a folder under version control holds them."""
    at_desk(here, Permission.RULES)
    texts = await _texts(here, version)
    return attachment(pack(texts), f"{here.visit.tenant_id}-{here.visit.service_id}-v{version}.zip")


async def _heads(here: Here) -> list[VersionHead]:
    return await ruleset.versions(here.conn, tenant_id=here.visit.tenant_id, service_id=here.visit.service_id)


async def _texts(here: Here, version: int) -> Texts:
    visit = here.visit
    return await files_of(here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=version)


async def _version_page(
    here: Here, version: int, *, form: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    heads = await _heads(here)
    head = next((one for one in heads if one.version == version), None)
    if head is None:
        raise NotFound(what="rule_set_version", version=version)
    words, texts = here.words, await _texts(here, version)
    is_newest = head is heads[-1]
    title = words.say("rules.version", version=version)
    back = {} if is_newest else {"title": words.say("rules.back_to", version=version)}
    visit = here.visit
    rules = await rules_of_version(here.conn, tenant_id=visit.tenant_id, service_id=visit.service_id, version=version)
    return here.page.show(
        "admin/rules/version.html",
        status=422 if errors else 200,
        title=title,
        head=head,
        life=life_of(heads, here.today)[version],
        applies=head_words(here, head),
        is_newest=is_newest,
        texts=sorted(texts.items()),
        differing=await differing(here, version=version - 1, texts=texts, rules=rules) if version > 1 else None,
        may_edit=may(here, Permission.EDIT_RULES),
        by=by_options(here),
        form=form or {"applies_by": head.applies_by, **back},
        errors=errors or {},
        path=f"{HOME}/versions/{version}",
        crumbs=rules_crumbs(here, (title, None)),
    )


ROUTES: Final = [show_rules, show_version, begin_draft, export_version]

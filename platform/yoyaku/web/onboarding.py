"""The operator's page: begins a new city from a few answers. For this machine only, behind a one-time token.

It writes folders and works as the database's owner; so it answers at the loopback address alone, to who holds the
token that the command printed, and to no page of another site that a browser of this machine may show.
"""

from __future__ import annotations

import hmac
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncEngine

from yoyaku.admin.service.folder_check import CheckedFolder
from yoyaku.admin.service.folder_load import DatabaseChangedSince, HostTaken
from yoyaku.admin.service.onboarding.answers import SHAPES, Answers, AnswersWrong, read_answers, right_code
from yoyaku.admin.service.onboarding.beginning import Begun, FirstAdmin, add_admins, load_city
from yoyaku.admin.service.onboarding.folder import FolderThere, Places, write_city
from yoyaku.admin.service.onboarding.still_open import StillOpen, still_open
from yoyaku.db.engine import make_engine
from yoyaku.kernel.clock import read_clock
from yoyaku.kernel.errors import NotFound
from yoyaku.kernel.settings import Settings
from yoyaku.kernel.text import fold_width
from yoyaku.rulebook.source import find_rule_sets
from yoyaku.rules.fault import DocumentRefused
from yoyaku.ui.templates import make_environment
from yoyaku.ui.theme import DEFAULT_TOKENS, theme_css
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words
from yoyaku.web.brand import send_asset

OPERATOR: Final = "operator (page)"
SESSION: Final = "operator"
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})
ADMINS: Final = ("admin1", "admin2")
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "city": ("slug", "municipality_code", "name_ja", "name_en", "languages", "phone", "mail"),
    "service": ("service", "service_ja", "service_en", "host"),
    "rules": ("base", "copy"),
    "stock": ("facility_ja", "facility_en", "space_ja", "space_en", "capacity", "opens", "closes", "price_yen"),
    "admins": ("admin1_name", "admin1_id", "admin2_name", "admin2_id"),
}
"""The questions of the page, by heading."""
SAFETY: Final = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


@dataclass(kw_only=True)
class Office:
    """What the page works with. ``token`` is empty once it was used; ``session`` is what its user's browser keeps."""

    settings: Settings
    places: Places
    owner: AsyncEngine
    engine: AsyncEngine
    token: str
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    templates: Any = field(default_factory=lambda: make_environment(("ui", "admin")))

    def show(
        self, request: Request[Any, Any, Any], template: str, *, status: int = 200, **values: object
    ) -> Response[str]:
        """A page, in the language that is asked for."""
        language = "en" if request.query_params.get("lang") == "en" else "ja"
        words = Words(language=language, wording=Wording(language))
        page = self.templates.get_template(f"admin/operator/{template}").render(
            words=words, lang=language, key=self.session, **values
        )
        return Response(page, status_code=status, media_type="text/html; charset=utf-8", headers=SAFETY)


def create_operator_app() -> Litestar:
    """The application, by the environment: OPERATOR_TOKEN, OPERATOR_TENANTS, OPERATOR_RULESETS and the settings."""
    settings = Settings.from_mapping(os.environ)
    places = Places(tenants=Path(os.environ["OPERATOR_TENANTS"]), rule_sets=Path(os.environ["OPERATOR_RULESETS"]))
    office = Office(
        settings=settings,
        places=places,
        owner=make_engine(settings.migration_database_url, pool_size=1),
        engine=make_engine(settings.database_url, pool_size=2),
        token=os.environ["OPERATOR_TOKEN"],
    )

    @asynccontextmanager
    async def connected(_app: Litestar) -> AsyncIterator[None]:
        yield
        await office.owner.dispose()
        await office.engine.dispose()

    return Litestar(
        route_handlers=[ask, begin, send_theme, send_asset],
        dependencies={"office": Provide(lambda: office, sync_to_thread=False)},
        lifespan=[connected],
        state=State({"office": office}),
        openapi_config=None,
        debug=False,
    )


@get("/")
async def ask(office: NamedDependency[Office], request: Request[Any, Any, Any]) -> Response[Any]:
    """The questions; with the token, once, whoever holds it is let in."""
    if not _is_here(request):
        return office.show(request, "closed.html", status=403)
    given = request.query_params.get("token", "")
    if given and office.token and hmac.compare_digest(given.encode(), office.token.encode()):
        office.token = ""
        cookie = Cookie(key=SESSION, value=office.session, httponly=True, samesite="strict")
        return Response(None, status_code=303, headers={"location": "/", **SAFETY}, cookies=[cookie])
    if not _is_known(office, request):
        return office.show(request, "closed.html", status=403)
    return _form(office, request, given={})


@post("/", status_code=200)
async def begin(office: NamedDependency[Office], request: Request[Any, Any, Any]) -> Response[Any]:
    """Write the folder, check it, load it, add the admins; or say at each field what cannot be."""
    form = {name: str(value).strip() for name, value in (await request.form()).multi_items()}
    key = form.pop("key", "").encode()
    if not (_is_here(request) and _is_known(office, request) and hmac.compare_digest(key, office.session.encode())):
        return office.show(request, "closed.html", status=403)
    wrong, answers = _read(form)
    if answers is None or wrong:
        return _form(office, request, given=form, wrong=wrong)
    try:
        checked = write_city(
            answers, places=office.places, base_domain=office.settings.base_domain, today=read_clock().date()
        )
    except FolderThere:
        return _form(office, request, given=form, wrong={"slug": "there"})
    except NotFound:
        return _form(office, request, given=form, wrong={"copy": "copy"})
    except DocumentRefused as refused:
        return _form(office, request, given=form, wrong={}, faults=refused.faults)
    return await _load(office, request, form=form, answers=answers, checked=checked)


async def _load(
    office: Office, request: Request[Any, Any, Any], *, form: dict[str, str], answers: Answers, checked: CheckedFolder
) -> Response[Any]:
    """Load what was written; what cannot be loaded is taken away again."""
    try:
        await load_city(
            office.owner,
            checked=checked,
            base_domain=office.settings.base_domain,
            loaded_by=OPERATOR,
            real_now=read_clock(),
        )
    except Exception as refused:
        shutil.rmtree(checked.folder.path)
        shutil.rmtree(office.places.rule_sets / answers.rule_set)
        if not isinstance(refused, HostTaken | DatabaseChangedSince):
            raise
        wrong = {"host": "host_taken"} if isinstance(refused, HostTaken) else {"slug": "there"}
        return _form(office, request, given=form, wrong=wrong)
    begun = await add_admins(
        office.engine,
        settings=office.settings,
        service=(answers.slug, answers.service),
        admins=[FirstAdmin(name=form[f"{one}_name"], login_id=form[f"{one}_id"]) for one in ADMINS],
        loaded_by=OPERATOR,
        real_now=read_clock(),
    )
    return _done(office, request, answers, begun, still_open(checked, places=office.places))


def _read(form: Mapping[str, str]) -> tuple[dict[str, str], Answers | None]:
    """What cannot be, by field, and the answers."""
    wrong = {f"{one}_name": "admin_name" for one in ADMINS if not form.get(f"{one}_name")}
    # As ids are told apart when one logs in: neither by width nor by noughts in front.
    ids = [fold_width(form.get(f"{one}_id", "")).lstrip("0") for one in ADMINS]
    wrong |= {f"{one}_id": "admin_id" for one, each in zip(ADMINS, ids, strict=True) if not each or ids.count(each) > 1}
    try:
        return wrong, read_answers(form)
    except AnswersWrong as refused:
        return {**refused.wrong, **wrong}, None


def _form(
    office: Office,
    request: Request[Any, Any, Any],
    *,
    given: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    faults: object = (),
) -> Response[str]:
    defaults = {name: getattr(Answers(), name) for name in Answers.__struct_fields__}
    return office.show(
        request,
        "begin.html",
        status=422 if wrong or faults else 200,
        sections=SECTIONS,
        given={**defaults, **given},
        wrong=wrong or {},
        code=right_code(given.get("municipality_code", "")),
        faults=faults,
        shapes=SHAPES,
        rule_sets=[path.stem for path in find_rule_sets(office.places.rule_sets)],
    )


def _done(
    office: Office, request: Request[Any, Any, Any], answers: Answers, begun: Begun, found: list[StillOpen]
) -> Response[str]:
    return office.show(request, "done.html", answers=answers, begun=begun, found=found)


def _is_here(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser asks this machine under its own name, from no other site's page."""
    origin = request.headers.get("origin")
    hosts = {urlsplit(f"//{request.headers.get('host', '')}").hostname}
    hosts |= {urlsplit(origin).hostname} if origin and origin != "null" else set()
    return hosts <= LOOPBACK


def _is_known(office: Office, request: Request[Any, Any, Any]) -> bool:
    return hmac.compare_digest(request.cookies.get(SESSION, "").encode(), office.session.encode())


@get("/theme.css", sync_to_thread=False)
def send_theme() -> Response[str]:
    """The platform's own colours."""
    return Response(theme_css(DEFAULT_TOKENS), media_type="text/css; charset=utf-8")

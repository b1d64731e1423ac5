"""Every error in words: problem+json (RFC 9457) for the API, a page for people, an id for what is a bug."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import structlog
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from yoyaku.booking.policy import LoginRequired
from yoyaku.kernel.errors import Malformed, NotFound, YoyakuError
from yoyaku.ui.languages import DEFAULT_LANGUAGE
from yoyaku.ui.page import HTML, safe_return_path
from yoyaku.ui.problem import FieldFault, Problem, problem_of, problem_response
from yoyaku.ui.wording import Wording
from yoyaku.ui.words import Words
from yoyaku.web.frame import Frames, environment

API: Final = "/api/"
CSRF_COOKIE: Final = "csrftoken"
_FORBIDDEN, _NOT_FOUND, _BUG, _BUSY = 403, 404, 500, 503
_log = structlog.get_logger("yoyaku.web")


class Errors:
    """The exception handlers of the application."""

    def __init__(self, frames: Frames) -> None:
        """Show pages in these frames."""
        self._frames = frames

    def explained(self, request: Request[Any, Any, Any], error: YoyakuError) -> Response[Any]:
        """What a clerk would say."""
        if error.status >= _BUG and error.status != _BUSY:
            return self.bug(request, error)
        if request.scope["path"].startswith(API):
            return problem_response(problem_of(error, self._words(request)))
        if isinstance(error, LoginRequired):
            return self._to_login(request)
        key = "not_found" if error.status == _NOT_FOUND else "forbidden" if error.status == _FORBIDDEN else "title"
        return self._page(request, error.status, key=key, error=error)

    def _to_login(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Log in first, then back to the page on which one was: a form that was sent cannot be asked for again."""
        page = self._frames.page(request, request.scope["state"]["site"])
        came_from = urlsplit(request.headers.get("referer", "")).path.removeprefix(page.look.prefix)
        back = page.path if request.method == "GET" else safe_return_path(came_from)
        return page.go(f"/login?{urlencode({'next': back})}")

    def http(self, request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        """What Litestar itself refuses: no such page, no token against forgery, a wrong method."""
        if request.scope["path"].startswith(API):
            return self._unread(request, error)
        if error.status_code == _FORBIDDEN:
            response = self._page(request, _FORBIDDEN, key="forbidden", sentence="csrf")
            # A token signed by another key would be refused for ever: let the next page bring a new one.
            response.cookies.append(Cookie(key=CSRF_COOKIE, value="", path="/", max_age=0))
            return response
        if error.status_code >= _BUG:
            return self.bug(request, error)
        if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return self._page(request, error.status_code, key="title", sentence="too_large")
        return self._page(request, error.status_code, key="not_found", sentence="not_found_hint")

    def group(self, request: Request[Any, Any, Any], error: ExceptionGroup[Exception]) -> Response[Any]:
        """What closing the transaction made of an error: the explained one among them counts."""
        explained = next((one for one in error.exceptions if isinstance(one, YoyakuError)), None)
        return self.bug(request, error) if explained is None else self.explained(request, explained)

    def bug(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        """Anything else is a bug: logged with an id, which is all that is shown."""
        error_id = uuid4().hex[:12]
        _log.error("bug", error_id=error_id, path=request.scope["path"], exc_info=error)
        if request.scope["path"].startswith(API):
            return problem_response(_bug_problem(self._words(request), error_id))
        return self._page(request, _BUG, key="title", sentence="bug", error_id=error_id)

    def _words(self, request: Request[Any, Any, Any]) -> Words:
        site = request.scope["state"].get("site")
        if site is None:
            return Words(DEFAULT_LANGUAGE, Wording(DEFAULT_LANGUAGE))
        return self._frames.page(request, site).words

    def _unread(self, request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        """Litestar's own refusals for machines: which parameter is wrong, not how the program is made."""
        if error.status_code == HTTPStatus.BAD_REQUEST:
            extra = error.extra if isinstance(error.extra, list) else []
            faults = [FieldFault(**fault) for fault in extra] or [FieldFault(message=error.detail)]
            return problem_response(problem_of(Malformed(), self._words(request), errors=faults))
        if error.status_code == HTTPStatus.NOT_FOUND:
            return problem_response(problem_of(NotFound(), self._words(request)))
        status = HTTPStatus(error.status_code)
        told = Problem(
            type="about:blank",
            title=status.phrase,
            status=status,
            code="http",
            detail=status.description or status.phrase,
        )
        return problem_response(told, headers=error.headers)

    def _page(
        self,
        request: Request[Any, Any, Any],
        status: int,
        *,
        key: str,
        sentence: str | None = None,
        error: YoyakuError | None = None,
        error_id: str | None = None,
    ) -> Response[Any]:
        site = request.scope["state"].get("site")
        if site is None:
            text = environment().get_template("web/plain.html").render(title=str(status), paragraphs=())
            return Response(text, status_code=status, media_type=HTML)
        page = self._frames.page(request, site)
        words = page.words
        said = words.sentence(error) if error is not None else words.say(f"error_page.{sentence}")
        return page.show(
            "web/error.html",
            status=status,
            heading=words.say(f"error_page.{key}"),
            sentence=said,
            hint=words.say("error_page.not_found_hint") if status == _NOT_FOUND and error is not None else None,
            error_id=error_id,
        )


def _bug_problem(words: Words, error_id: str) -> Problem:
    """A bug, for machines: an id to ask about, and nothing else."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(
        type="about:blank",
        title=status.phrase,
        status=status,
        code="bug",
        detail=words.say("error_page.bug"),
        error_id=error_id,
    )

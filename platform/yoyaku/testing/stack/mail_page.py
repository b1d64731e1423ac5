"""A page to read the demo's mails: ``python -m yoyaku.testing.stack.mail_page FOLDER SMTP_PORT PAGE_PORT``."""

from __future__ import annotations

import html
import re
import signal
import sys
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from yoyaku.testing.stack.mail import CaughtMail, Mailbox, MailCatcher

JAPAN = ZoneInfo("Asia/Tokyo")
LINK = re.compile(r"https?://[^\s<>\"'）」、。]+")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.75 "Noto Sans JP", "Noto Sans CJK JP", system-ui, sans-serif; max-width: 48rem; margin: 0 auto;
  padding: 1rem; }
a { display: inline-block; min-height: 1.75rem; }
a:focus-visible { outline: 4px solid #000; box-shadow: 0 0 0 6px #ffd43d; }
ol { list-style: none; padding: 0; } li { border-top: 1px solid #767676; padding: .75rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border: 1px solid #767676; padding: 1rem; }
dt { font-weight: 700; } dd { margin: 0 0 .5rem; overflow-wrap: anywhere; } p.small { font-size: .875rem; }
"""


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{html.escape(title)}</h1>{body}</main></body></html>"
    )


def _when(mail: CaughtMail) -> str:
    try:
        sent = parsedate_to_datetime(str(mail.message["Date"]))
    except (TypeError, ValueError):
        return ""
    return sent.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M:%S")


def list_page(mailbox: Mailbox) -> str:
    """All mails, newest first."""
    items = [
        f'<li><a href="/mail/{mail.name}">{html.escape(mail.subject) or "（件名なし / no subject）"}</a>'
        f"<br>{html.escape(mail.to)}<br><small>{_when(mail)}</small></li>"
        for mail in reversed(mailbox.mails())
    ]
    note = '<p class="small">このデモが送ったメールです。外へは送られません。 / Mails sent by this demo; none leaves it.</p>'
    nothing = "<p>まだメールはありません。 / No mail yet.</p>"
    return _page("デモのメール / Demo mails", note + (f"<ol>{''.join(items)}</ol>" if items else nothing))


def mail_page(mail: CaughtMail) -> str:
    """One mail as text, with its links."""
    fields = [("差出人 / From", mail.message["From"]), ("宛先 / To", mail.to), ("日時 / Date", _when(mail))]
    rows = "".join(f"<dt>{name}</dt><dd>{html.escape(str(value or ''))}</dd>" for name, value in fields)
    back = '<p><a href="/">← 一覧へ / All mails</a></p>'
    return _page(mail.subject or "（件名なし / no subject）", f"{back}<dl>{rows}</dl><pre>{_linked(mail.text)}</pre>")


def _linked(text: str) -> str:
    parts, end = [], 0
    for link in LINK.finditer(text):
        address = html.escape(link[0])
        parts += [html.escape(text[end : link.start()]), f'<a rel="noreferrer" href="{address}">{address}</a>']
        end = link.end()
    return "".join([*parts, html.escape(text[end:])])


def page_server(mailbox: Mailbox, port: int) -> ThreadingHTTPServer:
    """The page's server on loopback, not yet serving."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path)
            if path == "/":
                self._send(HTTPStatus.OK, list_page(mailbox))
                return
            try:
                self._send(HTTPStatus.OK, mail_page(mailbox.read(path.removeprefix("/mail/"))))
            except KeyError:
                back = '<p><a href="/">一覧へ / All mails</a></p>'
                self._send(HTTPStatus.NOT_FOUND, _page("このメールはありません / No such mail", back))

        def _send(self, status: HTTPStatus, page: str) -> None:
            content = page.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing: the demo's terminal shows what matters."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main(folder: str, smtp_port: str, page_port: str) -> None:
    """Serve both until SIGTERM or Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with (
        MailCatcher(Path(folder), port=int(smtp_port)) as catcher,
        page_server(catcher.mailbox, int(page_port)) as page,
    ):
        page.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])

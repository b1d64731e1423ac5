import smtplib
import threading
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from yoyaku.testing.stack.mail import MailCatcher
from yoyaku.testing.stack.mail_page import page_server


@pytest.fixture
def catcher(tmp_path):
    with MailCatcher(tmp_path / "mails") as running:
        yield running


def send(catcher, subject="予約のお知らせ", text="予約番号 <1> は http://sports.localhost:8000/my?a=1&b=2 です。"):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "city@example.jp", "hanako@example.jp", subject
    message["Date"] = "Sat, 16 Jan 2027 00:00:00 +0000"
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", catcher.port) as smtp:
        smtp.send_message(message)


@pytest.fixture
def page(catcher):
    with page_server(catcher.mailbox, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def get(address):
    with urllib.request.urlopen(address) as response:  # noqa: S310
        return response.read().decode()


def test_a_mail_sent_is_kept_with_its_words(catcher):
    send(catcher)

    (mail,) = catcher.mailbox.to("hanako@example.jp")
    assert mail.subject == "予約のお知らせ"
    assert "予約番号 <1>" in mail.text


def test_a_mail_sent_twice_is_kept_twice(catcher):
    send(catcher)
    send(catcher)

    assert len(catcher.mailbox.mails()) == 2


def test_mails_outlive_the_catcher(catcher, tmp_path):
    send(catcher)

    with MailCatcher(tmp_path / "mails") as another:
        assert len(another.mailbox.mails()) == 1


def test_the_page_lists_the_newest_first(catcher, page):
    send(catcher, subject="一通目")
    send(catcher, subject="二通目")

    listed = get(page)
    assert listed.index("二通目") < listed.index("一通目")
    assert "2027-01-16 09:00:00" in listed


def test_a_mail_is_shown_as_text_with_its_links(catcher, page):
    send(catcher)
    (mail,) = catcher.mailbox.mails()

    shown = get(f"{page}/mail/{mail.name}")
    assert "予約番号 &lt;1&gt;" in shown
    assert 'href="http://sports.localhost:8000/my?a=1&amp;b=2"' in shown


def test_a_subject_cannot_bring_script_along(catcher, page):
    send(catcher, subject="<script>alert(1)</script>")

    assert "<script>" not in get(page)


@pytest.mark.parametrize("path", ["/mail/absent", "/mail/..%2f..%2fetc%2fpasswd", "/etc/passwd"])
def test_nothing_but_mails_is_shown(page, path):
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(page + path):  # noqa: S310
        pass

    assert refused.value.code == 404
    refused.value.close()

"""What the log says of a mail that was not sent names nobody."""

import pytest
from aiosmtplib import SMTPDataError, SMTPRecipientRefused, SMTPRecipientsRefused

from yoyaku.worker.mailing import named

REFUSED = SMTPRecipientsRefused([SMTPRecipientRefused(550, "5.1.1 <saki@example.jp> unknown", "saki@example.jp")])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (REFUSED, "SMTPRecipientsRefused 550"),
        (SMTPDataError(451, "later, saki@example.jp"), "SMTPDataError 451"),
        (ConnectionRefusedError("saki@example.jp"), "ConnectionRefusedError"),
    ],
)
def test_the_log_tells_the_kind_and_the_code_and_no_address(error, said):
    assert named(error) == said

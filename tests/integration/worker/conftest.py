"""A worker's runtime over the test's database and a mail server that keeps what it gets."""

import pytest

from yoyaku.worker.runtime import Runtime


@pytest.fixture
async def runtime(make_settings, fresh_database, smtp):
    made = Runtime.from_settings(make_settings(fresh_database, SMTP_URL=smtp.url, MAIL_FROM="yoyaku@aoba.example"))
    yield made
    await made.engine.dispose()

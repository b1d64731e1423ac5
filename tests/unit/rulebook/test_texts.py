"""The files of rule sets as they travel: what is made up to take minutes, or to break the reading, is refused at once."""

import asyncio
import io
import zipfile
from functools import partial

import pytest

from yoyaku.admin.service.rule_checking_turns import LARGE, check_beside
from yoyaku.db.engine import Busy
from yoyaku.rulebook.draft import check_draft
from yoyaku.rulebook.texts import UploadRefused, text_difference, unpack


def lines(name, count=5_000):
    return "".join(f"same{number}: 1\n{name}{number}: 1\n" for number in range(count))


def test_files_chosen_to_be_compared_for_minutes_are_only_said_to_differ():
    (found,) = text_difference({"rules.yaml": lines("a")}, {"rules.yaml": lines("b")})
    assert (found.name, found.kind, found.lines) == ("rules.yaml", "changed", ())


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_breaks_in_the_middle_is_none(method):
    sent = io.BytesIO()
    with zipfile.ZipFile(sent, "w", method) as archive:
        archive.writestr("rules.yaml", lines("a", 50))
    content = bytearray(sent.getvalue())
    content[60:100] = b"\xff" * 40
    with pytest.raises(UploadRefused):
        unpack("rules.zip", bytes(content))


async def test_one_who_sends_large_texts_at_once_takes_not_all_of_a_process():
    texts = {"rules.yaml": "# 注\n" * LARGE}
    check = partial(check_draft, facilities=[], name="x")
    checks = (check_beside(texts, check) for _ in range(4))
    found = await asyncio.gather(*checks, return_exceptions=True)
    assert sum(isinstance(one, Busy) for one in found) == 2
    assert (await check_beside(texts, check)).errors  # the next has its turn

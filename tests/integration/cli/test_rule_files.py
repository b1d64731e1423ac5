"""Rules between the database and a folder under version control."""

import re

import pytest
from click.testing import CliRunner
from tests.cities import ROOT, city_values

from yoyaku.cli.main import yoyaku
from yoyaku.kernel.errors import Malformed, NotFound

SERVICE = "meguro/rooms"
FOLDER = ROOT / "rulesets" / "meguro-rooms"


@pytest.fixture(scope="module")
def command(new_cities):
    """A command on a database with the demo's cities; what goes wrong is raised."""
    with new_cities() as made:
        values = city_values(made)

        def run(*arguments):
            done = CliRunner().invoke(yoyaku, ["rules", *map(str, arguments)], env=values, catch_exceptions=False)
            assert done.exit_code == 0, done.output
            return done.output

        yield run


def texts(folder):
    return {file.name: file.read_text("utf-8") for file in folder.glob("*.yaml")}


def test_a_version_goes_out_as_its_folder_stood_and_comes_back_as_a_draft(command, tmp_path):
    out = tmp_path / "rules"
    assert "第1版" in command("export", SERVICE, out)
    assert texts(out) == texts(FOLDER)
    (out / "booking.yaml").write_text(texts(out)["booking.yaml"].replace("percent: 75", "percent: 70"), "utf-8")
    told = command("import", SERVICE, out, "--title", "還付率の改正", "--as", "admin-meguro")
    draft = re.search(r"/counter/rules/drafts/([0-9a-f-]{36})", told)[1]
    again = tmp_path / "again"
    assert "還付率の改正" in command("export", SERVICE, again, "--draft", draft)
    assert texts(again) == texts(out)


def test_only_who_may_write_rules_has_a_draft_made(command):
    with pytest.raises(NotFound, match="may write rules"):
        command("import", SERVICE, FOLDER, "--title", "還付率の改正", "--as", "auditor-meguro")


def test_a_folder_with_other_rules_is_not_mixed_with(command, tmp_path):
    (tmp_path / "others.yaml").write_text("a: 1", "utf-8")
    with pytest.raises(Malformed, match=r"others\.yaml"):
        command("export", SERVICE, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["others.yaml"]

"""The command line as a person types it: whatever goes wrong is a sentence."""

import os
import subprocess
import sys

import pytest

ENOUGH = {
    "DATABASE_URL": "postgresql://nobody@/nothing?host=/nowhere",
    "CELERY_BROKER_URL": "memory://",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "SECRET_KEY": "only for tests, forty characters and more",
}


def yoyaku(*arguments, settings=None, folder=None):
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.run(
        [sys.executable, "-m", "yoyaku.cli.main", *arguments],
        env={**environment, **(settings or {})},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_lists_the_commands():
    shown = yoyaku("--help").stdout

    assert all(command in shown for command in ("rules", "tenant", "db", "clock", "demo"))


def test_missing_settings_are_all_named_without_a_traceback(tmp_path):
    done = yoyaku("clock", "show", folder=tmp_path)

    assert done.returncode == 1
    assert all(name in done.stderr for name in ENOUGH)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("clock", "show"), ("tenant", "list")])
def test_a_database_that_does_not_answer_is_a_sentence(command, tmp_path):
    done = yoyaku(*command, settings=ENOUGH, folder=tmp_path)

    assert done.returncode == 1
    assert "The database does not answer" in done.stderr
    assert "Traceback" not in done.stderr


def test_migrations_are_looked_for_in_the_projects_folder(tmp_path):
    done = yoyaku("db", "upgrade", settings=ENOUGH, folder=tmp_path)

    assert done.returncode == 1
    assert "start this in the project's folder" in done.stderr


def test_an_unknown_command_is_told_so():
    done = yoyaku("bokking")

    assert done.returncode == 2
    assert "No such command" in done.stderr


@pytest.mark.parametrize("text", ["", "- a list\n"])
def test_a_file_without_keys_has_one_fault_and_nothing_made_up(text, tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    done = yoyaku("rules", "check", str(file))

    assert done.returncode == 1
    assert "エラー 1件" in done.stdout
    assert "sample" not in done.stdout


def test_a_file_that_is_refused_says_what_to_do_in_both_languages(tmp_path):
    (tmp_path / "tenant.yaml").write_bytes("slug: 予約".encode("cp932"))
    done = yoyaku("tenant", "check", str(tmp_path))

    assert done.returncode == 1
    assert "tenant.yaml:1:1: error [not_utf8]" in done.stderr
    assert all(words in done.stderr for words in ("UTF-8で保存してください", "Save it as UTF-8"))


@pytest.mark.parametrize(
    ("ports", "says"),
    [
        (("--port", "99999"), "not in the range"),
        (("--port", "8000", "--mail-port", "8000"), "a port of its own"),
    ],
)
def test_ports_that_cannot_be_are_told_before_anything_starts(ports, says, tmp_path):
    (tmp_path / "tenants").mkdir()
    done = yoyaku("demo", "run", *ports, folder=tmp_path)

    assert done.returncode == 2
    assert says in done.stderr

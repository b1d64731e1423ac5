"""The log of every process: one JSON object a line, which holds no values of variables."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import os
os.environ.update(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", SECRET_KEY="x" * 40, BASE_DOMAIN="localhost")
{configure}
import structlog

def fail():
    password = "swordfish" + str(len(os.environ) * 0)
    raise ValueError("broken")

try:
    fail()
except ValueError:
    structlog.get_logger("job").exception("work_failed")
"""


@pytest.mark.parametrize(
    "configure",
    ["from yoyaku.kernel.log import configure_logging; configure_logging()", "import yoyaku.worker.app"],
    ids=["any_process", "worker"],
)
def test_what_failed_is_one_line_without_the_values_of_variables(configure):
    command = [sys.executable, "-c", PROGRAM.format(configure=configure)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    line = json.loads(run.stderr.strip().splitlines()[-1])

    assert line["event"] == "work_failed"
    assert "ValueError: broken" in line["exception"]
    assert "swordfish0" not in run.stdout + run.stderr

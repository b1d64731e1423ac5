"""Whatever is written down in the record of acts has a name that people read."""

import ast
import re

from tests.unit.guards.source import module_files, nodes

from yoyaku.ui.wording import default_wording

RECORDERS = {"note_act", "note", "note_look", "audit", "_note", "_record"}
OF_NAME = {"act", "done", "what"}
AN_ACT = re.compile(r"[a-z]+(_[a-z]+)+")


def acts():
    """The names of acts as they stand in calls of those who write them down, and where."""
    for path in module_files():
        for node in nodes(path):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in RECORDERS:
                continue
            named = [one.value for one in node.keywords if one.arg in OF_NAME]
            for one in [*named, *node.args]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and AN_ACT.fullmatch(one.value):
                    yield one.value, path


def test_every_act_of_the_record_has_a_name_in_the_page_s_words():
    words = default_wording("ja")
    named = {act: path for act, path in acts() if f"staff.act.{act}" in words or f"history.{act}" in words}

    assert len(named) > 40
    assert {act: path for act, path in acts() if act not in named} == {}

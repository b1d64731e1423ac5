"""Changing the text of a rule set at one place: everything else stays as it was typed, comments and order too."""

from yoyaku.rulebook.editing.edits import EditRefused, Leaf, Value, add_item, append_item, remove_item, set_value

__all__ = ["EditRefused", "Leaf", "Value", "add_item", "append_item", "remove_item", "set_value"]

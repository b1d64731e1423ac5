"""libyaml's loaders where it is installed: the same events and places, several times as quick (tests hold them to it)."""

from __future__ import annotations

from typing import Any, Final

import yaml

PARSER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""For documents whose values are judged by whoever reads them."""
TEXTS: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Makes nothing but texts, lists and mappings."""

"""A logo is a drawing and nothing else: it is put into pages, so it may run nothing and fetch nothing."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree as ET

LARGEST_CHARACTERS: Final = 64_000
SVG: Final = "{http://www.w3.org/2000/svg}"
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan")
_FRAMES = ("svg", "g", "defs", "title", "desc", "use", "symbol", "clipPath", "mask", "pattern")
_SHADES = ("linearGradient", "radialGradient", "stop")
DRAWING: Final = frozenset({*_SHAPES, *_FRAMES, *_SHADES})
_REFERENCE: Final = re.compile(r"url\(\s*['\"]?(?!#)|javascript:|@import|expression\(|\\", re.IGNORECASE)
"""What fetches or runs something; a backslash would write the same with other letters."""
_DECLARED: Final = re.compile(r"<!(?!--)|<\?(?!xml\s)")
"""A document type, or an instruction such as one that names a style sheet."""
BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_LINKS: Final = frozenset({"href", "{http://www.w3.org/1999/xlink}href"})


def logo_faults(text: str) -> list[tuple[str, str]]:
    """What is wrong with a logo, as pairs of fault code and what was found; empty when it may be shown."""
    if len(text) > LARGEST_CHARACTERS:
        return [("logo_too_large", str(len(text)))]
    if declared := _DECLARED.search(text):
        return [("logo_unsafe", text[declared.start() :][:40])]
    try:
        root = ET.fromstring(text)  # noqa: S314 -- without a document type there are no entities to blow up
    except ET.ParseError as error:
        return [("logo_not_svg", str(error))]
    if root.tag != f"{SVG}svg":
        return [("logo_not_svg", root.tag)]
    if "viewBox" not in root.attrib:
        return [("logo_not_svg", "viewBox?")]
    return [("logo_unsafe", found) for element in root.iter() for found in _unsafe_in(element)]


def _unsafe_in(element: ET.Element) -> list[str]:
    name = element.tag.removeprefix(SVG)
    found = [] if name in DRAWING else [f"<{name}>"]
    for attribute, value in element.attrib.items():
        is_link = attribute in _LINKS and not value.startswith("#")
        if attribute.lower().startswith("on") or attribute == BASE or is_link or _REFERENCE.search(value):
            found.append(f'{attribute.rpartition("}")[2]}="{value[:40]}"')
    return found

"""Fixed texts of the pages: English in the source, Japanese in a Babel catalogue.

Catalogues are read from the committed ``.po`` files when the program starts, so there is no compiled file
that could be out of date. ``python -m yoyaku.ui.catalogue`` brings them up to date with the source and
exits 1 while a text has no translation.
"""

from __future__ import annotations

import io
import sys
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

from yoyaku.ui.languages import LANGUAGES, engine_language

PACKAGE: Final = Path(__file__).parents[1]
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"
_METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    return LOCALE_FOLDER / language / "LC_MESSAGES" / "yoyaku.po"


@cache
def translations(language: str) -> Translations:
    """Return the translations of a language; English texts stand for themselves."""
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(engine_language(language)))
    compiled.seek(0)
    return Translations(fp=compiled)


def read_catalogue(language: str) -> Catalog:
    """Read a committed catalogue."""
    with catalogue_path(language).open("rb") as lines:
        return read_po(lines, locale=language, abort_invalid=True)


def extract_messages() -> Catalog:
    """Collect every ``_("…")`` of the package's source and templates."""
    found = Catalog(project="yoyaku", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(PACKAGE, method_map=_METHODS):
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def missing_translations() -> list[str]:
    """List the texts of the source that the Japanese catalogue does not translate."""
    known = {message.id for message in read_catalogue("ja") if message.id and message.string}
    return sorted(str(message.id) for message in extract_messages() if message.id and message.id not in known)


def update_catalogues() -> None:
    """Write the texts of the source into every catalogue; keep what is translated, drop what is gone."""
    found = extract_messages()
    for language in LANGUAGES:
        path = catalogue_path(language)
        catalogue = read_catalogue(language) if path.exists() else Catalog(locale=language, project="yoyaku")
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as lines:
            write_po(lines, catalogue, no_location=True, omit_header=False, sort_output=True, width=110)


def main() -> int:
    """Update the catalogues and name what still needs words."""
    update_catalogues()
    missing = missing_translations()
    for text in missing:
        sys.stderr.write(f"no Japanese for: {text}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())

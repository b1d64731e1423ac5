"""The engine knows no city; no file knows the machine it was written on."""

import re

import pytest
import yaml
from tests.unit.guards.source import ENGINE, ROOT, TEXT, text_files

TENANTS = sorted(path.parent for path in (ROOT / "tenants").glob("*/tenant.yaml"))
SHORTEST_TELLING_NAME = 5
KINDS_OF_PLACE = re.compile(
    r"^(市|区|町|村|中央|総合|勤労者|地域|住区)*(体育館|公民館|会議室|テニスコート|プール|グラウンド|武道館)$"
)


def read(path):
    return yaml.load(path.read_bytes(), yaml.BaseLoader) or {}  # noqa: S506  # text only


def names_of_cities():
    """Each tenant's slug and names, with and without 市, 区, City and so on."""
    for folder in TENANTS:
        tenant = read(folder / "tenant.yaml")
        yield folder.name
        for name in tenant["name"].values():
            yield name
            yield re.sub(r"(市|区|町|村| City| Ward| Town)$", "", name) if len(name) > 2 and name != "港区" else name


def names_of_facilities():
    """Names that tell which facility is meant; "体育館" alone does not."""
    for path in sorted((ROOT / "tenants").glob("*/facilities/*.yaml")):
        for facility in read(path).get("facilities", []):
            name = facility["name"]
            name = name if isinstance(name, str) else name["ja"]
            if len(name) >= SHORTEST_TELLING_NAME and not KINDS_OF_PLACE.match(name):
                yield name


def mentions(pattern, files):
    return [
        f"{path.relative_to(ROOT)}:{number}: {found[0]}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def test_there_are_cities_to_look_for():
    assert len(TENANTS) >= 3


def test_the_engine_names_no_city():
    latin = sorted({name.lower() for name in names_of_cities() if name.isascii()})
    japanese = sorted({name for name in names_of_cities() if not name.isascii()})
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(latin)})(?![a-z])|{'|'.join(japanese)}", re.IGNORECASE)

    assert mentions(pattern, text_files(*ENGINE)) == []


def test_the_engine_names_no_facility():
    names = sorted(set(names_of_facilities()))
    assert len(names) > 20

    assert mentions(re.compile("|".join(map(re.escape, names))), text_files(*ENGINE)) == []


@pytest.mark.parametrize(
    "pieces",
    [("pypi", ".org"), ("python", "hosted.org"), ("registry.", "npmjs"), ("deb.", "debian.org"), ("npm", "js.com")],
)
def test_no_file_names_a_package_registry(pieces):
    files = text_files("platform", "plugins", "migrations", "tests", "docs", "tools", ".ci", "bench", "rulesets")
    roots = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT and ".coverage" not in path.name]

    assert mentions(re.compile(re.escape("".join(pieces))), [*files, *roots]) == []


def test_no_file_names_a_path_of_one_machine():
    files = text_files(
        "platform", "plugins", "migrations", "tests", "docs", "tools", ".ci", "bench", "rulesets", "tenants"
    )
    pattern = re.compile(r"/(?:work|farm|root|home/[a-z]+)/[a-z.]")

    assert mentions(pattern, [path for path in files if path.name != "test_names.py"]) == []


def test_locks_carry_hashes_and_no_address():
    for name in ("requirements.lock", "requirements.setup.lock", "requirements.node.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")

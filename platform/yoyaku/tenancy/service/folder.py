"""A tenant folder as read: each file against its shape, every fault with its place, nothing decided yet."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from yoyaku.rules.check import check
from yoyaku.rules.document import Document, read_file
from yoyaku.rules.fault import DocumentRefused, Fault, KeyPath, Place
from yoyaku.tenancy.policy.contents import PageKey, Part, TenantFolder
from yoyaku.tenancy.terms import BrandFile, DemoFile, TenantFile

Shape = TypeVar("Shape", bound=msgspec.Struct)


def read_folder(path: Path) -> TenantFolder:
    """Read ``tenant.yaml`` and what it names.

    Raises:
        DocumentRefused: there is no tenant.yaml that can be read at all.
    """
    faults: list[Fault] = []
    document = read_file(path / "tenant.yaml")
    tenant = check(document, TenantFile)
    if tenant.value is None:
        raise DocumentRefused(tenant.faults)
    faults += tenant.faults
    reader = _Reader(path, faults)
    services = {service.code: service.brand for service in tenant.value.services}
    brands = reader.read_brands(document, tenant.value)
    logos = {
        code: text for code, part in brands.items() if (text := reader.read_logo(part, services[code])) is not None
    }
    demo = path / "demo.yaml"
    return TenantFolder(
        path=path,
        tenant=Part(document=document, value=tenant.value),
        brands=brands,
        logos=logos,
        wording=reader.read_wording(),
        pages=reader.read_pages(),
        stray=tuple(reader.stray),
        # Without services of its own every person of the demo would be of an unknown one.
        demo=reader.read(demo, DemoFile) if demo.is_file() and "services" in document.value else None,
        faults=tuple(faults),
    )


class _Reader:
    """Reads one file after the other, noting what is wrong."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.stray: list[Path] = []

    def read(self, file: Path, shape: type[Shape]) -> Part | None:
        """One file against its shape; ``None`` where nothing could be made of it."""
        try:
            document = read_file(file)
        except DocumentRefused as refused:
            self.faults += refused.faults
            return None
        checked = check(document, shape)
        self.faults += checked.faults
        return None if checked.value is None else Part(document=document, value=checked.value)

    def read_brands(self, document: Document, tenant: TenantFile) -> dict[str, Part]:
        """The brand file of each service; one that is not there is a fault of tenant.yaml."""
        found: dict[str, Part] = {}
        for index, service in enumerate(tenant.services):
            file = self.path / service.brand
            if not file.is_file():
                at: KeyPath = ("services", index, "brand")
                self.faults.append(
                    Fault(code="file_missing", place=document.place(at), path=at, facts={"found": str(file)})
                )
            elif (part := self.read(file, BrandFile)) is not None:
                found[service.code] = part
        return found

    def read_logo(self, brand: Part, brand_file: str) -> str | None:
        """The text of the logo beside a brand file."""
        place = brand.document.place(("logo",))
        file = (self.path / brand_file).parent / brand.value.logo
        return self._text(file, place)

    def read_wording(self) -> dict[tuple[str, str], Part]:
        """``wording/<service>.<language>.yaml``: flat texts."""
        found: dict[tuple[str, str], Part] = {}
        for file in sorted(self.path.glob("wording/*")):
            service, _, language = file.stem.partition(".")
            if file.suffix != ".yaml" or not language:
                self.stray.append(file)
                continue
            try:
                document = read_file(file)
            except DocumentRefused as refused:
                self.faults += refused.faults
                continue
            self.faults += document.faults
            words = document.value if isinstance(document.value, dict) else {}
            found[service, language] = Part(document=document, value=words)
        return found

    def read_pages(self) -> dict[PageKey, str]:
        """``pages/<service>/<code>.<language>.md``."""
        found: dict[PageKey, str] = {}
        for file in sorted(self.path.glob("pages/*/*")):
            code, _, language = file.stem.partition(".")
            if file.suffix != ".md" or not language:
                self.stray.append(file)
                continue
            text = self._text(file, Place(str(file), 1, 1))
            if text is not None:
                found[file.parent.name, code, language] = text
        return found

    def _text(self, file: Path, place: Place) -> str | None:
        try:
            return file.read_text(encoding="utf-8")
        except FileNotFoundError:
            self.faults.append(Fault(code="file_missing", place=place, facts={"found": str(file)}))
        except UnicodeDecodeError:
            self.faults.append(Fault(code="not_utf8", place=Place(str(file), 1, 1)))
        return None

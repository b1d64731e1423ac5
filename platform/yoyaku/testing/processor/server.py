"""The processor behind a port; for the demo: ``python -m yoyaku.testing.processor.server FOLDER PORT``.

FOLDER holds ``merchants.json`` (a list of merchants) and gets ``books.json``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import msgspec

from yoyaku.testing.processor.api import answer_api, as_json
from yoyaku.testing.processor.books import Merchant
from yoyaku.testing.processor.control import answer_books, answer_control
from yoyaku.testing.processor.pages import answer_page
from yoyaku.testing.processor.processor import Processor
from yoyaku.testing.serving import Answer, Asked, Served, serve_until_stopped


class RunningProcessor(Served):
    """The processor behind a port of this machine, as long as the ``with`` lasts."""

    def __init__(self, processor: Processor, *, port: int = 0, host: str = "127.0.0.1") -> None:
        """Listen; pages stand at the same address as the API."""
        super().__init__(self._answer, port=port, host=host)
        self.processor = processor
        processor.url = processor.url or self.url

    def __enter__(self) -> Self:
        self.processor.webhooks.start()
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.processor.faults.over.set()
        self.processor.webhooks.stop()
        super().__exit__(kind, why, trace)

    def _answer(self, asked: Asked) -> Answer:
        path = urlsplit(asked.path).path
        if path.startswith("/v1/"):
            return answer_api(self.processor, asked)
        if path.startswith("/pay/"):
            return answer_page(self.processor, asked)
        if path == "/books":
            return answer_books(self.processor)
        if path == "/control" or path.startswith("/control/"):
            return answer_control(self.processor, asked)
        return as_json({"error": "not_found"}, status=404)


def main(folder: Path, port: int) -> None:
    """Serve until asked to stop; browsers are sent to ``localhost``."""
    merchants = msgspec.json.decode((folder / "merchants.json").read_bytes(), type=list[Merchant])
    processor = Processor(merchants={one.id: one for one in merchants}, kept_in=folder / "books.json")
    processor.url = f"http://localhost:{port}"
    serve_until_stopped(RunningProcessor(processor, port=port))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

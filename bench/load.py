"""A small HTTP/1.1 load client: one keep-alive connection per caller, nothing decoded but the status.

A general client costs more per request than the routes under test; this one costs the same little
for the bare route and for the real one, so that their ratio is about the servers.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Call:
    """One request to send: method, path, headers and body as they go over the wire."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    def wire(self, host: str) -> bytes:
        """The bytes of the request."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(self.body)}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, seconds from the start of the run to the answer, and the body."""

    status: int
    at: float
    took: float
    body: bytes


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> tuple[int, bytes]:
    writer.write(data)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
    return int(lines[0].split(" ")[1]), await reader.readexactly(length)


async def _caller(
    address: tuple[str, int], host: str, calls: Sequence[Call], gate: asyncio.Event, began: list[float]
) -> list[Answer]:
    reader, writer = await asyncio.open_connection(*address)
    await gate.wait()
    answers = []
    for call in calls:
        sent = time.perf_counter()
        status, body = await _exchange(reader, writer, call.wire(host))
        now = time.perf_counter()
        answers.append(Answer(status, now - began[0], now - sent, body))
    writer.close()
    return answers


async def _run(address: tuple[str, int], host: str, per_caller: Sequence[Sequence[Call]]) -> list[Answer]:
    gate, began = asyncio.Event(), [0.0]
    callers = [asyncio.create_task(_caller(address, host, calls, gate, began)) for calls in per_caller]
    await asyncio.sleep(0.5)
    began[0] = time.perf_counter()
    gate.set()
    return [answer for answers in await asyncio.gather(*callers) for answer in answers]


def fire(address: tuple[str, int], host: str, per_caller: Sequence[Sequence[Call]]) -> list[Answer]:
    """Open one connection per caller, then let all go at once; each sends its calls in turn."""
    return asyncio.run(_run(address, host, per_caller))

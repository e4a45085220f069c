"""A load generator in a process of its own: ``python http_load.py '<settings as JSON>'``.

Each connection sends the next request when it has the whole answer to the one before. It prints
one JSON object: the rate, the failures and the latencies of the answers.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from itertools import cycle
from typing import cast

SCRIPT = __file__


@dataclass(frozen=True)
class Load:
    """What to send, where to, and for how long. ``socket`` is the path of a Unix socket.

    With ``bodies`` each connection sends them in turn, each beginning at another.
    """

    path: str
    token: str
    connections: int
    seconds: float
    body: str = '{"n": 1}'
    host: str = "127.0.0.1"
    port: int = 0
    socket: str = ""
    bodies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What came of a load. Times in seconds; ``statuses`` counts answers, ``broken`` the rest."""

    rate: float
    p50: float
    p99: float
    slowest: float
    statuses: dict[str, int]
    broken: int

    @property
    def failures(self) -> int:
        return self.broken + sum(self.statuses.values()) - self.statuses.get("200", 0)


def run(load: Load) -> Outcome:
    """Send the load from another process and return what came of it."""
    command = [sys.executable, SCRIPT, json.dumps(asdict(load))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Outcome(**json.loads(done.stdout))


class Connection(asyncio.Protocol):
    """One connection that sends requests until it is told to end."""

    def __init__(self, requests: list[bytes], end_at: float) -> None:
        import httptools

        self._requests = cycle(requests)
        self._end_at = end_at
        self._parser = httptools.HttpResponseParser(self)
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()
        self.broken = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has no base class
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        self.latencies.append(now - self._sent_at)
        self.statuses[self._parser.get_status_code()] += 1
        if now >= self._end_at:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if time.perf_counter() < self._end_at:
            self.broken += 1
        if not self.done.done():
            self.done.set_result(None)


async def _load(load: Load) -> Outcome:
    requests = [_request(load, body.encode()) for body in load.bodies or [load.body]]
    loop = asyncio.get_running_loop()
    began_at = time.perf_counter()
    connections = []
    for number in range(load.connections):
        first = number % len(requests)
        turn = requests[first:] + requests[:first]

        def connection(turn: list[bytes] = turn) -> Connection:
            return Connection(turn, began_at + load.seconds)

        if load.socket:
            _, protocol = await loop.create_unix_connection(connection, load.socket)
        else:
            _, protocol = await loop.create_connection(connection, load.host, load.port)
        connections.append(protocol)
    await asyncio.wait([one.done for one in connections], timeout=load.seconds + 30)
    took_s = time.perf_counter() - began_at
    latencies = sorted(latency for one in connections for latency in one.latencies)
    statuses: Counter[str] = Counter()
    for one in connections:
        statuses.update({str(status): count for status, count in one.statuses.items()})
    return Outcome(
        rate=len(latencies) / took_s,
        p50=latencies[len(latencies) // 2] if latencies else 0,
        p99=latencies[len(latencies) * 99 // 100] if latencies else 0,
        slowest=latencies[-1] if latencies else 0,
        statuses=dict(statuses),
        broken=sum(one.broken + (not one.done.done()) for one in connections),
    )


def _request(load: Load, body: bytes) -> bytes:
    head = (
        f"POST {load.path} HTTP/1.1\r\nHost: {load.host}\r\nAuthorization: Bearer {load.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    import uvloop

    outcome = uvloop.run(_load(Load(**json.loads(sys.argv[1]))))
    print(json.dumps(asdict(outcome)))

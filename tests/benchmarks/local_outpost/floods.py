"""Predictions while many clients keep all connections of a server busy that has few descriptors."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles

import httpx

from outpost_server.keeping.data_folder import DataFolder
from outpost_server.running.descriptors import raise_descriptor_limit
from outpost_server.running.server_process import end_server

from .deployed import Bar, connect, deploy, show, status_kib

TEMPLATE = """
class Bench:
    async def predict(self, value: dict) -> dict:
        return value
"""
DESCRIPTORS = 1024
PREDICTING = 8
# Of each kind of flood: how many connections there are at any time.
HALF_SENT, HEADS, IDLE = 300, 50, 1000
# A client that is refused tries again, though not without any pause.
AGAIN_S = 0.05


@dataclass
class Floods:
    """Connections of clients that mean no good, each opened again when the server closes it."""

    port: int
    path: str
    token: str
    opened: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    all_opened: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, half_sent: int, heads: int, idle: int) -> None:
        line = f"POST {self.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        bodies = [line + "\r\nhalf", line + f"Authorization: Bearer {self.token}\r\n\r\nhalf"]
        kinds = [bodies[number % 2] for number in range(half_sent)] + [""] * idle
        self.tasks = [asyncio.create_task(self._hold(said.encode())) for said in kinds]
        self.tasks += [asyncio.create_task(self._flood()) for _ in range(heads)]

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _hold(self, said: bytes) -> None:
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await self._open()
                try:
                    writer.write(said)
                    await reader.read()  # up to the end of the connection
                finally:
                    writer.close()
            await asyncio.sleep(AGAIN_S)

    async def _flood(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await self._open()
                try:
                    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
                    while True:
                        writer.write(b"X-A: " + b"a" * 4096 + b"\r\n")
                        await writer.drain()
                finally:
                    writer.close()
            await asyncio.sleep(AGAIN_S)

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        client = socket.socket()
        client.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", self.port))
            opened = await asyncio.open_connection(sock=client)
        except BaseException:
            client.close()  # asyncio forgets one that is cancelled while it connects
            raise
        self.opened += 1
        if self.opened >= len(self.tasks):
            self.all_opened.set()
        return opened


@dataclass
class Predictions:
    """What came of predictions over a handful of connections; ``took_s`` of each in seconds."""

    took_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    async def make(self, url: str, token: str, count: int, connections: int) -> None:
        limits = httpx.Limits(max_connections=connections)
        headers = {"Authorization": f"Bearer {token}"}
        numbers = iter(range(count))
        async with httpx.AsyncClient(
            headers=headers, limits=limits, timeout=60, trust_env=False
        ) as http:

            async def some() -> None:
                for number in numbers:
                    await self._make(http, url, {"n": number})

            await asyncio.gather(*(some() for _ in range(connections)))

    async def _make(self, http: httpx.AsyncClient, url: str, value: dict[str, int]) -> None:
        began_at = time.perf_counter()
        try:
            answer = await http.post(url, json=value)
            if answer.status_code != 200 or answer.json() != value:
                self.failures.append(f"{answer.status_code} {answer.text[:200]}")
        except httpx.HTTPError as error:
            self.failures.append(repr(error))
        self.took_s.append(time.perf_counter() - began_at)


def predict(url: str, token: str, count: int) -> Predictions:
    """Make so many predictions and return what came of them."""
    predictions = Predictions()
    asyncio.run(predictions.make(url, token, count, PREDICTING))
    return predictions


@dataclass(frozen=True)
class Outpost:
    """A running server, as :func:`deploy` and others here need it."""

    base_url: str
    api_token: str
    pid: int


@contextlib.contextmanager
def outpost_with(descriptors: int) -> Iterator[Outpost]:
    """Run a server that can never have more than so many descriptors."""
    limited = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh"]
    command = [str(Path(sys.executable).with_name("outpostkit")), "local", "start", "--data"]
    with tempfile.TemporaryDirectory(prefix="outpost-floods-") as root:
        folder = DataFolder(Path(root))
        subprocess.run([*limited, *command, root], check=True, stdout=subprocess.DEVNULL)
        state = folder.read_state()
        assert state is not None
        try:
            yield Outpost(state.base_url, folder.read_token() or "", state.pid)
        finally:
            end_server(state)


@dataclass(frozen=True)
class Outcome:
    """``most_descriptors`` is what the server was seen to have; ``opened`` counts the floods'."""

    predictions: Predictions
    opened: int
    most_descriptors: int
    grown_kib: int


async def flood(
    outpost: Outpost, url: str, *, half_sent: int, heads: int, idle: int, predictions: int
) -> Outcome:
    """Make predictions while the floods go on."""
    raise_descriptor_limit()
    where = httpx.URL(url)
    floods = Floods(where.port or 80, where.path, outpost.api_token)
    most = 0
    before_kib = status_kib(outpost.pid, "VmRSS")
    floods.begin(half_sent, heads, idle)
    try:
        await floods.all_opened.wait()
        # Of another process: the floods must not make the one who predicts slow.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as others:
            work = asyncio.get_running_loop().run_in_executor(
                others, predict, url, outpost.api_token, predictions
            )
            while not work.done():
                most = max(most, len(os.listdir(f"/proc/{outpost.pid}/fd")))
                await asyncio.sleep(0.02)
            done = await work
    finally:
        await floods.end()
    return Outcome(done, floods.opened, most, status_kib(outpost.pid, "VmRSS") - before_kib)


def measure(predictions: int) -> bool:
    """Return whether no prediction fails."""
    with outpost_with(DESCRIPTORS) as outpost, connect(outpost) as http:
        endpoint = deploy(http, "floods", TEMPLATE)
        outcome = asyncio.run(
            flood(
                outpost,
                endpoint.url,
                half_sent=HALF_SENT,
                heads=HEADS,
                idle=IDLE,
                predictions=predictions,
            )
        )
    failures, took_s = outcome.predictions.failures, outcome.predictions.took_s
    percentiles = quantiles(took_s, n=100)
    bars = [Bar("failures", str(len(failures)), "0", not failures)]
    facts = {
        "predictions": f"{len(took_s):,}",
        "p50": f"{percentiles[49] * 1000:.1f} ms",
        "p99": f"{percentiles[98] * 1000:.1f} ms",
        "slowest": f"{max(took_s) * 1000:.0f} ms",
        "connections that the floods opened": f"{outcome.opened:,}",
        "descriptors of the server, at most": f"{outcome.most_descriptors:,} of {DESCRIPTORS:,}",
        "memory grown": f"{outcome.grown_kib / 1024:.1f} MiB",
        **{f"failure {number}": why for number, why in enumerate(failures[:5])},
    }
    title = f"Floods: {HALF_SENT} half-sent bodies, {HEADS} heads without end, {IDLE:,} idle"
    return show(title, bars, facts)

"""Interrupt calls at random moments, and see whether the client still has all its connections.

    python -m tests.benchmarks.interruptions --exceptions 1000 --cancellations 10000 --seed 1

A signal handler raises in the thread that calls, as Ctrl-C does, between any two instructions;
tasks are cancelled whatever they wait for. Calls, streams and batches share few connections, some
of which the server closes. Afterwards as many streams as there are connections must be open at
once. It ends with code 1 when they cannot be.
"""

import argparse
import asyncio
import contextlib
import json
import random
import signal
import socket
import ssl
import sys
import threading
import time
from typing import Any, Awaitable, Callable, Iterator, List, Optional, Sequence

import httpx

from outpost_api.api import user
from outpostkit import AsyncClient, AsyncPredictor, Client, Predictor, RetryPolicy
from outpostkit.exceptions import OutpostError

GET_USER = user.get_user.plan()
PLACES = 3
#: Seconds after which what has to happen will not.
GIVE_UP_S = 30.0
USER = {
    "id": "u1",
    "name": "aj-ya",
    "displayName": "Ajeya",
    "avatarUrl": "https://avatars.outpost.run/e/u1",
    "createdAt": "2023-12-08T13:26:01.277Z",
    "updatedAt": "2024-01-08T12:17:45.927Z",
    "stats": {"followers_count": 1, "following_count": 2},
}


class Server:
    """Answers at once, in pieces, or with a goodbye; a stream goes on until it is let go."""

    def __init__(
        self,
        tls: Optional[ssl.SSLContext] = None,
        kinds: Sequence[str] = ("whole", "whole", "pieces", "last"),
    ) -> None:
        self._tls = tls
        self._kinds = kinds
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._random = random.Random(0)
        self.port = self._listening.getsockname()[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"
        #: Ends the answers to requests that want to be held.
        self.let_go = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as requests:
                while self._answer(connection, requests):
                    pass
        with contextlib.suppress(OSError):
            connection.close()

    def _answer(self, connection: socket.socket, requests: Any) -> bool:
        length = 0
        line = requests.readline()
        if not line:
            return False
        is_held = b"?held" in line
        while line not in (b"\r\n", b""):
            line = requests.readline()
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        requests.read(length)
        body = json.dumps(USER).encode()
        kind = "held" if is_held else self._random.choice(self._kinds)
        goodbye = b"Connection: close\r\n" if kind == "last" else b""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + goodbye
        if kind in ("whole", "last"):
            connection.sendall(head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            return kind == "whole"
        connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n")
        if kind == "held":
            self.let_go.wait(GIVE_UP_S)
        for start in range(0, len(body), 60):
            piece = body[start : start + 60]
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            time.sleep(0.0002)
        connection.sendall(b"0\r\n\r\n")
        return True

    def close(self) -> None:
        """Answer nobody any more."""
        self.let_go.set()
        self._listening.close()


class Interrupted(Exception):
    """What the signal handler raises."""


@contextlib.contextmanager
def interruptions(chance: random.Random, longest_s: float) -> Iterator[Callable[[], None]]:
    """Give what begins a time after which the main thread is interrupted, once."""
    is_armed = False

    def interrupt(*_: object) -> None:
        nonlocal is_armed
        if is_armed:
            is_armed = False
            raise Interrupted

    def begin() -> None:
        nonlocal is_armed
        is_armed = True
        signal.setitimer(signal.ITIMER_REAL, chance.uniform(1e-6, longest_s))

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        yield begin
    finally:
        is_armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_some(client: Client, chance: random.Random) -> None:
    """Read a stream, or only its beginning."""
    with client.stream(GET_USER) as answer:
        for _ in answer.iter_bytes(10):
            if chance.random() < 0.1:
                return


def predict(client: Client, server: Server) -> None:
    """Make a few predictions at once."""
    predictor = Predictor(client, server.url, "/predict", "/health")
    list(predictor.infer_many(range(4), concurrency=2))


@contextlib.contextmanager
def _others(client: Client, problems: List[str]) -> Iterator[Callable[[], None]]:
    """Let other threads call too, which are not interrupted, so that there is a queue."""
    is_over = threading.Event()

    def work() -> None:
        while not is_over.is_set():
            try:
                client.call(GET_USER)
                time.sleep(0.001)
            except OutpostError as error:
                problems.append(f"in another thread: {error}")
                return

    threads = [threading.Thread(target=work) for _ in range(PLACES)]
    for thread in threads:
        thread.start()

    def stop() -> None:
        is_over.set()
        for thread in threads:
            thread.join()

    try:
        yield stop
    finally:
        stop()


def interrupt_calls(exceptions: int, seed: int, longest_s: float = 0.01) -> str:
    """Interrupt calls that many times; return what is wrong afterwards, or nothing."""
    chance = random.Random(seed)
    server = Server()
    problems: List[str] = []
    with Client("t", base_url=server.url, **_options()) as client, _others(
        client, problems
    ) as stop:
        jobs: List[Callable[[], Any]] = [
            lambda: client.call(GET_USER),
            lambda: client.call(GET_USER),
            lambda: read_some(client, chance),
            lambda: predict(client, server),
        ]
        for job in jobs:  # what is imported only once is not what is interrupted here
            job()
        raised = 0
        with interruptions(chance, longest_s) as begin:
            while raised < exceptions:
                job = chance.choice(jobs)
                try:
                    begin()
                    job()
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except Interrupted:
                    raised += 1
                except OutpostError as error:
                    problems.append(str(error))
                if problems:
                    return f"after {raised} exceptions: {problems[0]}"
        stop()
        try:
            return _places(client, server)
        finally:
            server.close()


def _options() -> Any:
    return {
        "limits": httpx.Limits(max_connections=PLACES),
        "retry": RetryPolicy(max_attempts=4, initial_delay=0.001, max_delay=0.01),
        "timeout": httpx.Timeout(GIVE_UP_S),
    }


def _places(client: Client, server: Server) -> str:
    """Return what is wrong when all connections are wanted at once.

    What an interrupted batch has left under way ends meanwhile.
    """
    client = client.with_options(query={"held": "yes"})
    with contextlib.ExitStack() as stack:
        for place in range(PLACES):
            try:
                stack.enter_context(client.stream(GET_USER))
            except OutpostError as error:
                return f"{place} of {PLACES} connections are left: {error}"
        server.let_go.set()
    return ""


async def cancel_calls(
    cancellations: int, seed: int, longest_s: float = 0.01, tls: Any = None, verify: Any = True
) -> str:
    """Cancel tasks that many times; return what is wrong afterwards, or nothing."""
    chance = random.Random(seed)
    server = Server(tls)
    # By name, which is connected to otherwise than by number.
    hosts = ["localhost", "127.0.0.1"]
    scheme = "http" if tls is None else "https"
    problems: List[str] = []
    cancelled = 0

    async def read_some(client: AsyncClient) -> None:
        async with client.stream(GET_USER) as answer:
            async for _ in answer.iter_bytes(10):
                if chance.random() < 0.1:
                    return

    async def predict(client: AsyncClient) -> None:
        where = f"{scheme}://{chance.choice(hosts)}:{server.port}"
        predictor = AsyncPredictor(client, where, "/predict", "/health")
        async for _ in predictor.infer_many(range(4), concurrency=2):
            pass

    async def one(client: AsyncClient) -> None:
        nonlocal cancelled
        job: Callable[[AsyncClient], Awaitable[Any]] = chance.choice(
            [lambda client: client.call(GET_USER)] * 2 + [read_some, predict]  # type: ignore[operator]
        )
        seconds = chance.uniform(0, longest_s)
        try:
            if chance.random() < 0.5:
                await asyncio.wait_for(job(client), seconds)
            else:
                task = asyncio.ensure_future(job(client))
                await asyncio.sleep(seconds)
                task.cancel()
                await task
        except (asyncio.TimeoutError, asyncio.CancelledError):
            cancelled += 1
        except OutpostError as error:
            problems.append(str(error))

    options = {**_options(), "verify": verify}
    async with AsyncClient(
        "t", base_url=f"{scheme}://localhost:{server.port}", **options
    ) as client:
        await client.call(GET_USER)
        while cancelled < cancellations and not problems:
            await asyncio.gather(*(one(client) for _ in range(4 * PLACES)))
        if problems:
            return f"after {cancelled} cancellations: {problems[0]}"
        try:
            return await _places_async(client, server)
        finally:
            server.close()


async def _places_async(client: AsyncClient, server: Server) -> str:
    client = client.with_options(query={"held": "yes"})
    async with contextlib.AsyncExitStack() as stack:
        for place in range(PLACES):
            try:
                await stack.enter_async_context(client.stream(GET_USER))
            except OutpostError as error:
                return f"{place} of {PLACES} connections are left: {error}"
        server.let_go.set()
    return ""


def main() -> None:
    """Interrupt and cancel, print what is wrong, and exit with 1 when anything is."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.interruptions")
    parser.add_argument("--exceptions", type=int, default=1000)
    parser.add_argument("--cancellations", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    wrong = False
    for name, amount, run in (
        ("exceptions", given.exceptions, lambda n: interrupt_calls(n, given.seed)),
        ("cancellations", given.cancellations, lambda n: asyncio.run(cancel_calls(n, given.seed))),
    ):
        began = time.monotonic()
        problem = run(amount) if amount else ""
        wrong = wrong or bool(problem)
        print(
            f"{amount} {name} in {time.monotonic() - began:.1f} s: {problem or 'nothing is lost'}"
        )
    sys.exit(wrong)


if __name__ == "__main__":
    main()

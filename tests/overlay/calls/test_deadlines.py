"""The deadline of a call holds in every phase of it, whichever client and transport carry it.

Nothing here is timed: what is slow ends well in the end, so that a call that outlasts its deadline
gets its answer, and fails the test by that.
"""

import gc
import json
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any, AsyncIterator, Callable, Dict, Iterator, List

import anyio
import httpx
import pytest

from outpostkit import AsyncClient, AsyncPredictor, Client, Predictor, RetryPolicy
from outpostkit.exceptions import OutpostTimeoutError

BODY = json.dumps({"name": "aj-ya", "padding": "x" * 200}).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
    BODY
)
#: What is slow takes this long, and each step of it less than any timeout.
SLOW_S, STEP_S = 8.0, 0.05
LATE = RetryPolicy(deadline=60, max_attempts=1)
SOON = RetryPolicy(deadline=0.15, max_attempts=2, initial_delay=0.001)

Script = Callable[[socket.socket], None]


class Peer:
    """A server that follows a script with every connection, and a proxy that leads to it."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._follow, args=(connection,), daemon=True).start()

    def _follow(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self._script(connection)
            self._over.wait(0.5)  # what was said is heard before the connection is closed

    def close(self) -> None:
        """Take no more connections."""
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def says_nothing(connection: socket.socket) -> None:
    """Answer, but late."""
    connection.recv(65536)
    time.sleep(SLOW_S)
    connection.sendall(HEAD + BODY)


def trickles_its_head(connection: socket.socket) -> None:
    """Send header after header."""
    connection.recv(65536)
    trickle(connection, b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 20)
    connection.sendall(HEAD.partition(b"\r\n")[2] + BODY)


def trickles_its_body(connection: socket.socket) -> None:
    """Send the body byte by byte."""
    connection.recv(65536)
    connection.sendall(HEAD)
    trickle(connection, BODY)


def stops_in_its_body(connection: socket.socket) -> None:
    """Send one half now and one late."""
    connection.recv(65536)
    connection.sendall(HEAD + BODY[:50])
    time.sleep(SLOW_S)
    connection.sendall(BODY[50:])


def reads_slowly(connection: socket.socket) -> None:
    """Take the request a little at a time."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    give_up_at = time.monotonic() + SLOW_S
    while time.monotonic() < give_up_at:
        connection.recv(65536)
        time.sleep(STEP_S)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)
    connection.settimeout(0.5)
    with suppress(socket.timeout):
        while connection.recv(2**20):
            pass
    connection.sendall(HEAD + BODY)


def takes_all(connection: socket.socket) -> None:
    """Take a request whose body comes in chunks, as far as it comes."""
    taken = connection.recv(65536)
    while taken and not taken.endswith(b"0\r\n\r\n"):
        taken = connection.recv(65536)


def trickle(connection: socket.socket, data: bytes) -> None:
    """Send a byte at a time, in SLOW_S altogether."""
    for begin in range(0, len(data)):
        connection.sendall(data[begin : begin + 1])
        time.sleep(SLOW_S / len(data))


@pytest.fixture
def peer() -> Iterator[Callable[[Script], Peer]]:
    """Makes servers."""
    peers: List[Peer] = []

    def make(script: Script) -> Peer:
        peers.append(Peer(script))
        return peers[-1]

    yield make
    for each in peers:
        each.close()


#: How a call is carried: which loop, if any, and the options of the client.
KINDS: Dict[str, Any] = {
    "blocking": ("", lambda address: {}),
    "blocking, httpx": ("", lambda address: {"transport": httpx.HTTPTransport()}),
    "blocking, proxy": ("", lambda address: {"proxy": f"http://{address}"}),
    "blocking, mounted": ("", lambda address: {"mounts": {"all://": httpx.HTTPTransport()}}),
    "asyncio": ("asyncio", lambda address: {}),
    "asyncio, httpx": ("asyncio", lambda address: {"transport": httpx.AsyncHTTPTransport()}),
    "asyncio, proxy": ("asyncio", lambda address: {"proxy": f"http://{address}"}),
    "trio": ("trio", lambda address: {}),
    "trio, httpx": ("trio", lambda address: {"transport": httpx.AsyncHTTPTransport()}),
    "trio, proxy": ("trio", lambda address: {"proxy": f"http://{address}"}),
}


class Carried:
    """Predictions over one kind of client."""

    def __init__(self, kind: str) -> None:
        self._loop, self._options = KINDS[kind]
        self.is_async = bool(self._loop)
        if self._loop == "trio":
            pytest.importorskip("trio", reason="these clients run under Trio")

    def do(self, port: int, job: Callable[[Any], Any], host: str = "127.0.0.1", **more: Any) -> Any:
        """Make a predictor, and let ``job`` use it."""
        options = {"retry": SOON, **self._options(f"{host}:{port}"), **more}
        url = f"http://{host}:{port}"
        if not self.is_async:
            with Client("t", base_url=url, **options) as client:
                return job(Predictor(client, url, "/p", "/h"))

        async def main() -> Any:
            async with AsyncClient("t", base_url=url, **options) as client:
                return await job(AsyncPredictor(client, url, "/p", "/h"))

        return anyio.run(main, backend=self._loop)


# httpcore leaves the generators of httpx behind when it is cancelled, and Trio says so.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator 'httpx:ResourceWarning")


@pytest.fixture(params=KINDS)
def carried(request: pytest.FixtureRequest) -> Carried:
    """Every kind: a test that uses it runs once for each."""
    return Carried(request.param)


@pytest.mark.parametrize(
    "script", [says_nothing, trickles_its_head, trickles_its_body, stops_in_its_body]
)
def test_an_answer_that_is_slow_is_not_waited_for(
    script: Script, peer: Callable[[Script], Peer], carried: Carried
) -> None:
    """In its head and in its body; each piece alone comes within all timeouts."""
    with pytest.raises(OutpostTimeoutError):
        carried.do(peer(script).port, lambda predictor: predictor.infer(json={}))


def test_a_server_that_reads_slowly_is_not_waited_for(
    peer: Callable[[Script], Peer], carried: Carried
) -> None:
    """It takes something now and then, so that no single write times out."""
    content = b"x" * 60_000_000
    with pytest.raises(OutpostTimeoutError):
        carried.do(peer(reads_slowly).port, lambda predictor: predictor.infer(content=content))


def test_a_name_server_that_hangs_is_not_waited_for(
    carried: Carried, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the call, nor by the end of the event loop."""
    hangs, answered = threading.Event(), threading.Event()
    known = socket.getaddrinfo

    def ask(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in ("slow.test", b"slow.test"):
            return known(host, *args, **kwargs)
        hangs.wait(SLOW_S)
        answered.set()
        return known("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", ask)
    try:
        with pytest.raises(OutpostTimeoutError):
            carried.do(9, lambda predictor: predictor.infer(json={}), host="slow.test")
        assert not answered.is_set()
    finally:
        hangs.set()


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_server_that_hangs_in_the_tls_handshake_is_not_waited_for(
    peer: Callable[[Script], Peer], carried: Carried
) -> None:
    """The connection is there, and nothing comes over it."""

    def job(predictor: Any) -> Any:
        predictor.domain = predictor.domain.replace("http:", "https:")
        return predictor.infer(json={})

    def hangs(connection: socket.socket) -> None:
        connection.recv(65536)
        time.sleep(SLOW_S)
        connection.close()

    with pytest.raises(OutpostTimeoutError):
        carried.do(peer(hangs).port, job, verify=ssl.create_default_context())
    gc.collect()  # httpcore leaves its socket to that when it is cancelled there


def test_an_open_answer_that_stands_still_is_not_waited_for(
    peer: Callable[[Script], Peer], carried: Carried
) -> None:
    """Its body may take any time, but no pause may be longer than its idle timeout."""

    def read(predictor: Any) -> None:
        with predictor.infer_stream(json={}, idle_timeout=0.1) as stream:
            list(stream.bytes())

    async def read_async(predictor: Any) -> None:
        async with predictor.infer_stream(json={}, idle_timeout=0.1) as stream:
            async for _ in stream.bytes():
                pass

    with pytest.raises(OutpostTimeoutError):
        carried.do(
            peer(stops_in_its_body).port, read_async if carried.is_async else read, retry=LATE
        )


def test_an_open_answer_that_goes_on_may_outlast_the_deadline(
    peer: Callable[[Script], Peer], carried: Carried, clock: Any
) -> None:
    """The deadline is for its head; by the clock of the call it is long over."""
    goes_on = threading.Event()

    def script(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + BODY[:50])
        goes_on.wait(SLOW_S)
        connection.sendall(BODY[50:])

    def wait() -> None:
        clock.sleep(1000)
        goes_on.set()

    def read(predictor: Any) -> bytes:
        with predictor.infer_stream(json={}, idle_timeout=60) as stream:
            wait()
            return b"".join(stream.bytes())

    async def read_async(predictor: Any) -> bytes:
        async with predictor.infer_stream(json={}, idle_timeout=60) as stream:
            wait()
            return b"".join([piece async for piece in stream.bytes()])

    read_all: Any = read_async if carried.is_async else read
    assert carried.do(peer(script).port, read_all, retry=LATE) == BODY


@pytest.mark.parametrize("kind", [each for each in KINDS if KINDS[each][0]])
def test_a_body_that_stalls_while_it_is_made_is_not_waited_for(
    kind: str, peer: Callable[[Script], Peer]
) -> None:
    """In ``async`` code, where whoever makes it can be left."""

    async def content() -> AsyncIterator[bytes]:
        yield b"x"
        await anyio.sleep(SLOW_S)
        yield b"y"

    def script(connection: socket.socket) -> None:
        takes_all(connection)
        connection.sendall(HEAD + BODY)

    with pytest.raises(OutpostTimeoutError):
        Carried(kind).do(peer(script).port, lambda predictor: predictor.infer(content=content()))


def test_a_body_that_stalls_in_blocking_code_is_late_when_it_goes_on(
    peer: Callable[[Script], Peer],
) -> None:
    """Nothing can interrupt it; what comes after it is not waited for."""

    def content() -> Iterator[bytes]:
        yield b"x"
        time.sleep(0.5)
        yield b"y"

    def script(connection: socket.socket) -> None:
        takes_all(connection)
        connection.sendall(HEAD + BODY)

    with pytest.raises(OutpostTimeoutError):
        Carried("blocking").do(
            peer(script).port, lambda predictor: predictor.infer(content=content())
        )


class Sleeping(httpx.AsyncBaseTransport):
    """A transport that knows no timeouts."""

    def __init__(self, *, before_head_s: float, in_body_s: float) -> None:
        self._before_head_s = before_head_s
        self._in_body_s = in_body_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer late."""
        await anyio.sleep(self._before_head_s)
        pause_s = self._in_body_s

        class Body(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                yield b"{"
                await anyio.sleep(pause_s)
                yield b"}"

        return httpx.Response(200, stream=Body())


async def sleep_in_app(scope: Any, receive: Any, send: Any) -> None:
    """An application that answers late."""
    await anyio.sleep(SLOW_S)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


async def sleep_in_handler(request: httpx.Request) -> httpx.Response:
    """A handler that answers late."""
    await anyio.sleep(SLOW_S)
    return httpx.Response(200, json={})


FOREIGN: Dict[str, Callable[[], httpx.AsyncBaseTransport]] = {
    "application": lambda: httpx.ASGITransport(sleep_in_app),
    "handler": lambda: httpx.MockTransport(sleep_in_handler),
    "late head": lambda: Sleeping(before_head_s=SLOW_S, in_body_s=0),
    "late body": lambda: Sleeping(before_head_s=0, in_body_s=SLOW_S),
}


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
@pytest.mark.parametrize("transport", FOREIGN)
def test_a_transport_that_knows_no_timeouts_is_left(loop: str, transport: str) -> None:
    """In ``async`` code whatever it does."""
    kind = Carried("trio" if loop == "trio" else "asyncio")

    with pytest.raises(OutpostTimeoutError):
        kind.do(9, lambda predictor: predictor.infer(json={}), transport=FOREIGN[transport]())


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_an_open_answer_of_such_a_transport_may_not_stand_still(loop: str) -> None:
    """Its idle timeout is kept from outside."""

    async def read(predictor: Any) -> None:
        async with predictor.infer_stream(json={}, idle_timeout=0.1) as stream:
            async for _ in stream.bytes():
                pass

    with pytest.raises(OutpostTimeoutError):
        Carried(loop).do(9, read, transport=FOREIGN["late body"](), retry=LATE)


def test_calls_of_other_users_of_a_transport_keep_their_own_timeouts(
    peer: Callable[[Script], Peer],
) -> None:
    """A transport that a client was given may serve others as well."""
    transport = httpx.HTTPTransport()
    silent = peer(says_nothing).port
    with pytest.raises(OutpostTimeoutError):
        Carried("blocking").do(
            silent, lambda predictor: predictor.infer(json={}), transport=transport
        )

    with httpx.Client(transport=transport, timeout=0.2) as http, pytest.raises(httpx.ReadTimeout):
        http.get(f"http://127.0.0.1:{silent}")

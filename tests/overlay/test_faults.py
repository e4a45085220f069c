"""What becomes of a call when the network or the server misbehaves, against a real socket."""

import json
import socket
import struct
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Iterator, List

import pytest

from outpostkit import Client, RetryPolicy
from outpostkit.exceptions import (
    OutpostConnectionError,
    OutpostError,
    OutpostHTTPException,
    UnreadableResponseError,
)

Answer = Callable[[socket.socket], None]


def says(payload: bytes) -> Answer:
    """Send these bytes and hang up."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(payload)

    return answer


def resets(connection: socket.socket) -> None:
    """Break the connection instead of answering."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def http(body: bytes, *headers: str, status: str = "200 OK", length: int = -1) -> bytes:
    """The bytes of an HTTP answer; ``length`` lies about its body."""
    told = len(body) if length < 0 else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {told}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class SocketServer:
    """Answers each connection with the next of a list; the last one repeats."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        self.answers: List[Answer] = []
        self.requests: List[bytes] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.requests.append(connection.recv(65536))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                answer(connection)

    def close(self) -> None:
        """Stop; wakes the thread that waits for a connection."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def raw() -> Iterator[SocketServer]:
    """A server whose every byte the test decides."""
    server = SocketServer()
    yield server
    server.close()


@pytest.fixture
def fine(server: Any) -> Answer:
    """An answer as it should be."""
    return says(http(json.dumps(server.user).encode(), "Content-Type: application/json"))


@pytest.mark.parametrize(
    "fault",
    [
        resets,
        says(b""),
        says(b"HTTP/1.1 200 OK\r\nContent-Le"),
        says(http(b'{"id": "half', "Content-Type: application/json", length=500)),
        says(b"SSH-2.0-OpenSSH_9.0\r\n"),
        says(http(b"later", status="503 Service Unavailable")),
        says(http(b"later", "Retry-After: 0.01", status="429 Too Many Requests")),
    ],
    ids=["reset", "hung up", "half a head", "half a body", "not HTTP", "503", "429"],
)
def test_a_passing_fault_is_not_noticed(sdk, raw, fine, fault: Answer) -> None:
    """The same GET succeeds the second time."""
    raw.answers = [fault, fine]

    assert sdk.do(sdk.user, base_url=raw.base_url).name == "aj-ya"
    assert len(raw.requests) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (resets, OutpostConnectionError),
        (says(http(b"{}", length=500)), OutpostConnectionError),
        (says(http(b"not gzip", "Content-Encoding: gzip")), OutpostConnectionError),
        (says(http(b"")), UnreadableResponseError),
        (says(http(b"{]", "Content-Type: application/json")), UnreadableResponseError),
        (says(http(b"odd", status="599 Odd")), OutpostHTTPException),
        (says(http(b"", status="500 Internal Server Error")), OutpostHTTPException),
    ],
    ids=["reset", "truncated", "bad gzip", "empty 200", "bad JSON", "599", "empty 500"],
)
def test_a_lasting_fault_is_a_documented_error(sdk, raw, server, fault: Answer, kind: Any) -> None:
    """Never an error of another library, and never one that holds the token."""
    raw.answers = [fault]

    with pytest.raises(kind) as caught:
        sdk.do(sdk.user, base_url=raw.base_url)

    assert isinstance(caught.value, OutpostError)
    assert server.token not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


def test_a_prediction_that_may_have_been_made_is_not_repeated(sdk, raw) -> None:
    """The connection broke after the request was sent."""
    raw.answers = [resets]
    domain = raw.base_url[: -len("/v1")]

    with pytest.raises(OutpostConnectionError):
        sdk.do(lambda client: sdk.Predictor(client, domain, "/p", "/h").infer(json={}))

    assert len(raw.requests) == 1


def test_a_header_that_cannot_be_sent_is_not_shown(sdk, server) -> None:
    """It may be a secret of the caller's."""
    with pytest.raises(OutpostConnectionError, match="header") as caught:
        sdk.do(lambda client: sdk.predictor(client).infer(headers={"X-Key": "line\nbreak"}))

    assert "line" not in str(caught.value)


def test_one_client_serves_many_threads(server) -> None:
    """They share its connections, made once."""
    server.on("GET", "/v1/user", server.json(server.user))
    client = Client(server.token, base_url=server.base_url, retry=RetryPolicy())
    with client, ThreadPoolExecutor(16) as pool:
        names = list(pool.map(lambda _: client.user.name, range(64)))

    assert names == ["aj-ya"] * 64

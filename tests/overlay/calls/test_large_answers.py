"""An answer that is read whole is bounded, however the server sends it."""

import gzip
import socket
import threading
from contextlib import suppress
from typing import Any, Iterator

import pytest

from outpostkit import Client
from outpostkit.exceptions import ConfigurationError, ResponseTooLargeError, ServerError

PIECE = b" " * 65536
CHUNK = b"10000\r\n" + PIECE + b"\r\n"


class Endless:
    """Answers every request with a head and then, for ever, the same piece of a body."""

    def __init__(self) -> None:
        self.head = b""
        self.piece = PIECE
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError):  # until the client has enough of it
                connection.recv(65536)
                connection.sendall(self.head + b"\r\n\r\n")
                while True:
                    connection.sendall(self.piece)

    def close(self) -> None:
        """Stop; wakes the thread that waits for a connection."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endless]:
    """A server that never ends, and limits that are reached soon."""
    monkeypatch.setattr("outpostkit._calls.bodies.MAX_BODY_BYTES", 2**21)
    monkeypatch.setattr("outpostkit._calls.bodies.MAX_ERROR_BYTES", 2**20)
    server = Endless()
    yield server
    server.close()


HEADS = {
    "until the connection ends": (b"HTTP/1.1 200 OK", PIECE),
    "in chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", CHUNK),
    "in chunks with a small length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked",
        CHUNK,
    ),
    "of a declared length": (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999", PIECE),
}


@pytest.mark.parametrize("row", HEADS)
def test_a_body_without_end_is_not_read_for_ever(sdk, endless: Endless, row: str) -> None:
    """It is refused once, as it would be as large again; the way out is named."""
    endless.head, endless.piece = HEADS[row]

    with pytest.raises(ResponseTooLargeError, match="more than 2 MiB") as caught:
        sdk.do(sdk.user, base_url=endless.url)

    assert "client.stream(), predictor.infer_stream() or" in str(caught.value)
    assert "max_response_bytes=" in str(caught.value)
    assert caught.value.operation_id == "getUser"
    assert endless.connections == 1


def test_a_prediction_without_end_is_refused_too(sdk, endless: Endless) -> None:
    """With the client's own limit, which a single call may change."""
    endless.head, endless.piece = HEADS["in chunks"]

    def predict(client: Any) -> Any:
        own = client.with_options(max_response_bytes=1_000_000)
        return sdk.Predictor(own, endless.url, "/predict", "/healthcheck").infer(json=1)

    with pytest.raises(ResponseTooLargeError, match="more than 1000000 bytes"):
        sdk.do(predict, base_url=endless.url, max_response_bytes=2**30)


def test_an_error_without_end_is_an_error(sdk, endless: Endless) -> None:
    """Its beginning is read, which says what went wrong."""
    endless.head = b"HTTP/1.1 500 Oops\r\nContent-Type: text/plain"
    endless.piece = b"out of memory " * 5000

    with pytest.raises(ServerError, match="out of memory") as caught:
        sdk.do(sdk.user, base_url=endless.url, retry=None, max_response_bytes=2**30)

    assert len(caught.value.content) == 2**20


def test_what_fits_is_read(sdk, server) -> None:
    """A limit is for the body as it is unfolded."""
    content = gzip.compress(b" " * 1_000_000)
    server.handle("POST", "/predict", lambda request: zipped(content))

    def predict(client: Any) -> Any:
        return sdk.predictor(client).infer(json=1)

    assert len(sdk.do(predict, max_response_bytes=1_000_000).content) == 1_000_000
    content = gzip.compress(b" " * 1_000_001)
    with pytest.raises(ResponseTooLargeError, match="unfolds to more than 1000000 bytes"):
        sdk.do(predict, max_response_bytes=1_000_000)


def zipped(content: bytes) -> Any:
    """An answer that is compressed."""
    from werkzeug import Response

    return Response(content, headers={"Content-Encoding": "gzip"})


def test_a_stream_has_no_limit(sdk, endless: Endless) -> None:
    """It is read as far as the program wants."""
    endless.head, endless.piece = HEADS["in chunks"]

    def blocking(client: Any) -> int:
        predictor = sdk.Predictor(client, endless.url, "/predict", "/healthcheck")
        with predictor.infer_stream(json=1) as answer:
            read = 0
            for piece in answer.bytes():
                read += len(piece)
                if read > 2**23:
                    return read
        return 0

    async def asynchronous(client: Any) -> int:
        predictor = sdk.Predictor(client, endless.url, "/predict", "/healthcheck")
        async with predictor.infer_stream(json=1) as answer:
            read = 0
            async for piece in answer.bytes():
                read += len(piece)
                if read > 2**23:
                    return read
        return 0

    assert sdk.do(asynchronous if sdk.is_async else blocking, base_url=endless.url) > 2**23


@pytest.mark.parametrize("limit", [0, -1, 999_999, 1.5e9, "1 GiB"])
def test_a_limit_is_a_number_of_bytes(limit: Any) -> None:
    """One that would refuse what the API answers is no limit."""
    with pytest.raises(ConfigurationError, match="max_response_bytes must be a whole number"):
        Client("token", max_response_bytes=limit)
    with pytest.raises(ConfigurationError, match="max_response_bytes must be a whole number"):
        Client("token").with_options(max_response_bytes=limit)

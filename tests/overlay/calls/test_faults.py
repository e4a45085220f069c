"""What becomes of a call when the network or the server misbehaves, against a real socket.

One row for each fault, in both colours. Each ends in the documented error or result, within the
deadline, without a leaked connection and without the token in any text.
"""

import copy
import gzip
import io
import json
import logging
import pickle
import socket
import struct
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest

from outpostkit import Client, RetryPolicy
from outpostkit.exceptions import (
    ConfigurationError,
    OutpostConnectionError,
    OutpostError,
    OutpostTimeoutError,
    PredictionHTTPException,
    RateLimitError,
    ResponseTooLargeError,
    ServerError,
    UnexpectedRedirectError,
    UnreadableResponseError,
)

TOKEN = "op_secret-token/1"
USER = {
    "id": "lqiuxjj6okbzt72j1eyk5vn2",
    "createdAt": "2023-12-08T13:26:01.277Z",
    "updatedAt": "2024-01-08T12:17:45.927Z",
    "stats": {"followers_count": 1, "following_count": 2},
    "avatarUrl": "https://avatars.outpost.run/e/lqiuxjj6okbzt72j1eyk5vn2",
    "name": "aj-ya",
    "bio": None,
    "socials": None,
    "displayName": "Ajeya Bhat",
}

Answer = Callable[[socket.socket], None]


def says(payload: bytes) -> Answer:
    """Send these bytes and hang up."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(payload)

    return answer


def resets(connection: socket.socket) -> None:
    """Break the connection instead of answering."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def sends_half_and_resets(connection: socket.socket) -> None:
    """Break the connection in the middle of a body."""
    connection.sendall(http(b'{"id": "half', "Content-Type: application/json", length=500))
    time.sleep(0.02)  # or the reset overtakes what was sent
    resets(connection)


def user_body() -> bytes:
    """The JSON of the user."""
    return json.dumps(USER).encode()


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
            with connection, suppress(OSError):  # a client that has gone is no fault of ours
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


class Ended:
    """How a call ended, and what it left behind."""

    def __init__(self, sdk: Any) -> None:
        self.is_async = sdk.is_async
        self.value: Any = None
        self.error: Any = None
        self.took_s = 0.0
        self.busy = -1
        self.logged = ""

    def took(self, client: Any, began: float) -> None:
        """Note the time, and how many connections are still taken while the client is open."""
        self.took_s = time.monotonic() - began
        transport = client._calls.connections.open().direct
        if transport is None:
            self.busy = 0  # httpx's own pools are not ours to look into
            return
        pools = transport._pools.values() if self.is_async else [transport._pool]
        self.busy = sum(len(pool._taken) for pool in pools)

    def check(self) -> None:
        """Nothing is leaked: no connection, and no token in any text."""
        texts = [self.logged]
        error = self.error
        if error is not None:
            assert isinstance(error, OutpostError)
            pickled = pickle.loads(pickle.dumps(error))
            assert str(pickled) == str(copy.copy(error)) == str(error)
            texts += [str(error), repr(error), repr(vars(error))]
            texts += traceback.format_exception(type(error), error, error.__traceback__)
        assert self.busy == 0
        assert not [text for text in texts if TOKEN in text]
        assert self.took_s < 60 + GRACE_S


def call(sdk: Any, raw: Any, job: Any = None, **options: Any) -> Ended:
    """Make one call in the colour of ``sdk``, with everything logged."""
    ended = Ended(sdk)
    job = job or sdk.user
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logger = logging.getLogger("outpostkit")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    began = time.monotonic()

    def blocking(client: Any) -> None:
        try:
            ended.value = job(client)
        finally:
            ended.took(client, began)

    async def asynchronous(client: Any) -> None:
        try:
            ended.value = await job(client)
        finally:
            ended.took(client, began)

    try:
        sdk.do(asynchronous if sdk.is_async else blocking, base_url=raw.base_url, **options)
    except Exception as error:
        ended.error = error
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    ended.logged = log.getvalue()
    return ended


#: Seconds that no call may overrun its deadline by, on a machine however busy. What would keep a
#: call without a deadline going takes much longer, or has no end.
GRACE_S = 10

#: Seconds that each phase of a slow call may take: more than the deadline and the grace together.
PATIENT_S = 60

JSON = "Content-Type: application/json"


def trickles(at_once: bytes, one_by_one: bytes = b"", pause_s: float = 0) -> Answer:
    """Send some bytes, then others slowly, then nothing until the client gives up."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(at_once)
        for number in range(len(one_by_one)):
            connection.sendall(one_by_one[number : number + 1])
            time.sleep(pause_s)
        connection.settimeout(PATIENT_S)
        connection.recv(1)

    return answer


def bomb() -> bytes:
    """A few KiB of gzip that unfold to 8 MiB."""
    return http(gzip.compress(bytes(8 * 2**20)), JSON, "Content-Encoding: gzip")


BUSY = says(http(b'{"message": "busy"}', JSON, status="503 Service Unavailable"))


def limited(*headers: str) -> Answer:
    """A 429 with these headers."""
    return says(http(b'{"message": "slow down"}', JSON, *headers, status="429 Too Many Requests"))


RESULTS = {
    "reset before the answer": [resets],
    "hung up without a word": [says(b"")],
    "reset in mid head": [says(b"HTTP/1.1 200 OK\r\nContent-Le")],
    "reset in mid body": [sends_half_and_resets],
    "truncated body": [says(http(b'{"id": "half', JSON, length=500))],
    "not HTTP": [says(b"SSH-2.0-OpenSSH_9.0\r\n")],
    "503 twice": [BUSY, BUSY],
    "429 in seconds": [limited("Retry-After: 0")],
    "429 in fractions of a second": [limited("Retry-After: 0.01")],
    "429 until a past HTTP date": [limited("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT")],
    "429 until a past ISO date": [limited("Retry-After: 1999-12-31T23:59:59Z")],
    "429 until an HTTP date by the server's clock": [
        limited("Date: Fri, 31 Dec 1999 23:59:59 GMT", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT")
    ],
    "429 with rubbish": [limited("Retry-After: soon")],
}


@pytest.mark.parametrize("row", RESULTS)
def test_a_passing_fault_is_not_noticed(sdk, raw, fine, row: str) -> None:
    """The same GET succeeds once the server does."""
    raw.answers = [*RESULTS[row], fine]

    ended = call(sdk, raw)

    assert ended.value.name == "aj-ya"
    assert len(raw.requests) == len(RESULTS[row]) + 1
    ended.check()


ERRORS: "Dict[str, Tuple[Answer, Any, str]]" = {
    "reset for ever": (resets, OutpostConnectionError, "4 attempts"),
    "truncated for ever": (
        says(http(b'{"id": "half', JSON, length=500)),
        OutpostConnectionError,
        "received 12 bytes, expected 500",
    ),
    "Content-Length too small": (
        says(http(user_body(), JSON, length=40)),
        UnreadableResponseError,
        "body begins",
    ),
    "Content-Length of no number": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
        OutpostConnectionError,
        "Content-Length",
    ),
    "two Content-Lengths": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        OutpostConnectionError,
        "Content-Length",
    ),
    "503 for ever": (BUSY, ServerError, "after 4 attempts: busy"),
    "429 for a day": (limited("Retry-After: 86400"), RateLimitError, "slow down"),
    "500 with HTML and no content type": (
        says(http(b"<html><h1>Oops</h1></html>", status="500 Internal Server Error")),
        ServerError,
        "Oops",
    ),
    "empty 500": (says(http(b"", status="500 Internal Server Error")), ServerError, "empty body"),
    "599": (says(http(b"odd", status="599 Odd")), ServerError, "599"),
    "redirect to another host": (
        says(http(b"", "Location: http://other.example/v1/user", status="307 Moved")),
        UnexpectedRedirectError,
        "redirected",
    ),
    "empty 200": (says(http(b"", JSON)), UnreadableResponseError, "proxy"),
    "invalid JSON": (says(http(b"{]", JSON)), UnreadableResponseError, "body begins"),
    "JSON of another kind": (says(http(b"[1]", JSON)), UnreadableResponseError, "expected"),
    "not gzip": (
        says(http(b"no", JSON, "Content-Encoding: gzip")),
        OutpostConnectionError,
        "decompressed",
    ),
    "gzip bomb": (says(bomb()), ResponseTooLargeError, "unfolds to more than 1 MiB"),
}


@pytest.mark.parametrize("row", ERRORS)
def test_a_lasting_fault_is_a_documented_error(
    sdk, raw, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the class that the documentation names, and in words that help."""
    monkeypatch.setattr("outpostkit._calls.bodies.MAX_DECODED_BYTES", 2**20)
    fault, kind, words = ERRORS[row]
    raw.answers = [fault]

    ended = call(sdk, raw)

    assert type(ended.error) is kind
    assert words in str(ended.error)
    ended.check()


SLOW = {
    "slow-loris head": trickles(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 500, 0.02),
    "slow-loris body": trickles(http(b"", JSON, length=9000), b"{" * 9000, 0.004),
    "trickles, then falls silent": trickles(b"", http(b"{}", JSON, length=500), 0.001),
    "silent from the beginning": trickles(b""),
}


@pytest.mark.parametrize("row", SLOW)
def test_a_server_that_dawdles_meets_the_deadline(sdk, raw, row: str) -> None:
    """However little arrives from time to time, the call is over when it has to be."""
    raw.answers = [SLOW[row]]

    ended = call(sdk, raw, retry=RetryPolicy(deadline=0.2), timeout=PATIENT_S)

    assert type(ended.error) is OutpostTimeoutError
    assert ended.took_s < 0.2 + GRACE_S
    ended.check()


@pytest.mark.parametrize("row", ["slow-loris body", "trickles, then falls silent"])
def test_it_meets_the_deadline_over_another_transport_too(sdk, raw, row: str) -> None:
    """As with a proxy, which is left to httpx's own transport."""
    raw.answers = [SLOW[row]]
    transport = sdk.httpx_transport()

    ended = call(sdk, raw, retry=RetryPolicy(deadline=0.2), timeout=PATIENT_S, transport=transport)

    assert type(ended.error) is OutpostTimeoutError
    assert ended.took_s < 0.2 + GRACE_S
    ended.check()


ODD = {
    "unknown enum value": ({"visibility": "martians-only"}, "visibility", "martians-only"),
    "unknown field": ({"mood": "sunny"}, "name", "echo"),
    "wrong type": ({"port": "eighty"}, "port", "eighty"),
    "null where it should not be": ({"status": None}, "status", None),
}


@pytest.mark.parametrize("row", ODD)
def test_an_odd_value_does_not_lose_the_answer(sdk, raw, server, row: str) -> None:
    """It comes through as it was sent; everything else is as documented."""
    change, field, expected = ODD[row]
    body = json.dumps(server.endpoint(**change)).encode()
    raw.answers = [says(http(body, JSON))]

    ended = call(sdk, raw, lambda client: sdk.endpoint(client).get())

    assert getattr(ended.value, field) == expected
    assert ended.value.fullName == "aj-ya/echo"
    ended.check()


def test_nobody_listens(sdk) -> None:
    """Connection refused, every time."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = SimpleNamespace(base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/v1")

        ended = call(sdk, nobody)

    assert type(ended.error) is OutpostConnectionError
    assert ended.error.attempts == 4
    ended.check()


def test_a_prediction_that_may_have_been_made_is_not_repeated(sdk, raw) -> None:
    """The connection broke after the request was sent."""
    raw.answers = [resets]
    domain = raw.base_url[: -len("/v1")]

    with pytest.raises(OutpostConnectionError):
        sdk.do(lambda client: sdk.Predictor(client, domain, "/p", "/h").infer(json={}))

    assert len(raw.requests) == 1


def test_a_header_that_cannot_be_sent_is_not_shown(sdk, server) -> None:
    """It may be a secret of the caller's; its name is told."""
    with pytest.raises(ConfigurationError, match="X-Key") as caught:
        sdk.do(lambda client: sdk.predictor(client).infer(headers={"X-Key": "sesame\nopen"}))

    assert "sesame" not in str(caught.value)


def test_one_client_serves_many_threads(server) -> None:
    """They share its connections, made once."""
    server.on("GET", "/v1/user", server.json(server.user))
    client = Client(server.token, base_url=server.base_url, retry=RetryPolicy())
    with client, ThreadPoolExecutor(16) as pool:
        names = list(pool.map(lambda _: client.user.name, range(64)))

    assert names == ["aj-ya"] * 64


@pytest.mark.parametrize(
    ("location", "said"),
    [
        (
            "https://new.test/v1/user?token=sesame",
            "https://new.test/v1/user.*begin with https://new",
        ),
        ("https://u:sesame@sso.test/login#sesame", "points to https://sso.test/login.*sign in"),
        ("/elsewhere?back=sesame", "points to http://.*/elsewhere"),
        (None, "status 302"),
    ],
)
def test_a_redirect_names_where_it_points(sdk, server, location, said) -> None:
    """Without its query and what else could be a secret; it is not followed."""
    headers = {} if location is None else {"Location": location}
    for method, path in (("GET", "/v1/user"), ("POST", "/v1/user")):
        server.on(method, path, server.json({}, 302, **headers))

    with pytest.raises(UnexpectedRedirectError, match=f"(?s){said}") as caught:
        sdk.do(sdk.user)
    with pytest.raises(PredictionHTTPException, match=f"(?s){said.partition('.*')[0]}"):
        sdk.do(lambda client: _predictor_at(sdk, client, server, "/v1/user").infer(json=1))

    assert "sesame" not in str(caught.value)


def _predictor_at(sdk, client, server, path):
    return sdk.Predictor(client, server.url, path, "/healthcheck")

"""Operations of other documents through the clients of the SDK, beside the plain ones."""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx
import pytest
from pytest_httpserver import HTTPServer

import outpostkit
from outpostkit import RetryPolicy
from outpostkit.exceptions import OutpostConnectionError, ServerError
from tests.overlay.transport.conftest import ScriptedServer

DOCUMENT = """
    /put: {put: {operationId: put}}
    /put_once: {put: {operationId: putOnce, x-idempotent: false}}
    /post: {post: {operationId: post}}
    /post_again: {post: {operationId: postAgain, x-idempotent: true}}
    /create:
      post:
        operationId: create
        x-idempotency-key: X-Request-Key
        parameters: [{name: X-Request-Key, in: header, schema: {type: string}}]
    /upload:
      post:
        operationId: upload
        requestBody:
          content:
            multipart/form-data:
              schema: {properties: {file: {type: string, format: binary}}}
"""
#: Whether they may be executed twice.
REPEATS = {"put": True, "put_once": False, "post": False, "post_again": True, "create": True}

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def api(generate: Callable[..., Any]) -> Any:
    return generate(DOCUMENT)


class Server:
    """Answers its requests in turn, each on the connection it came on; None hangs up instead."""

    def __init__(self, *answers: bytes | None) -> None:
        self._answers = iter(answers)
        self.keys: list[str | None] = []
        self._server = ScriptedServer([self._serve])
        self.url = self._server.url
        self.stop = self._server.stop

    def _serve(self, peer: Any) -> None:
        while (request := peer.read_request()) is not None:
            self.keys.append(request[2].get("x-request-key"))
            answer = next(self._answers, OK)
            if answer is None:
                return
            peer.send(answer)

    @property
    def count(self) -> int:
        """The requests that it got."""
        return len(self.keys)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server with its answers; after those it answers with success."""
    servers: list[Server] = []

    def start(*answers: bytes | None) -> Server:
        servers.append(Server(*answers))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


class Sender:
    """Calls operations with a client in one colour."""

    def __init__(self, clients: Any, is_async: bool, **options: Any) -> None:
        self._client = clients.AsyncClient if is_async else clients.Client
        self._is_async = is_async
        self._options = options

    def call(self, server: Server, *operations: Any) -> None:
        """Call the operations one after the other."""
        client = self._client("token", base_url=server.url, **self._options)

        async def calls() -> None:
            async with client:
                for operation in operations:
                    await operation.asyncio(client=client)

        if self._is_async:
            anyio.run(calls)
            return
        with client:
            for operation in operations:
                operation.sync(client=client)


@pytest.fixture(params=[False, True], ids=["blocking", "async"])
def sdk(request: pytest.FixtureRequest) -> Callable[..., Sender]:
    """Return a function that makes a sender with the SDK's clients."""

    def make(attempts: int) -> Sender:
        policy = RetryPolicy(max_attempts=attempts, initial_delay=0.001, max_delay=0.002)
        return Sender(outpostkit, request.param, retry=policy)

    return make


@pytest.mark.parametrize(("name", "repeats"), REPEATS.items())
@pytest.mark.parametrize(
    ("failure", "error"), [(BUSY, ServerError), (None, OutpostConnectionError)]
)
def test_the_sdk_repeats_what_the_document_says_repeats_safely(
    api: Any,
    serve: Callable[..., Server],
    sdk: Callable[..., Sender],
    name: str,
    repeats: bool,
    failure: bytes | None,
    error: type[Exception],
) -> None:
    """After an answer that asks for it, and when the connection broke; whatever the method."""
    server = serve(failure)
    operation = getattr(api, name)

    if repeats:
        sdk(attempts=2).call(server, operation)
    else:
        with pytest.raises(error):
            sdk(attempts=2).call(server, operation)

    assert server.count == (2 if repeats else 1)


@pytest.mark.parametrize(("name", "repeats"), {**REPEATS, "create": False}.items())
def test_a_kept_connection_that_died_repeats_no_more_than_that(
    api: Any, serve: Callable[..., Server], sdk: Callable[..., Sender], name: str, repeats: bool
) -> None:
    """The transport repeats by itself, without a retry, what repeats safely also without a key."""
    server = serve(OK, None)
    operation = getattr(api, name)

    if repeats:
        sdk(attempts=1).call(server, api.put, operation)
    else:
        with pytest.raises(OutpostConnectionError):
            sdk(attempts=1).call(server, api.put, operation)

    assert server.count == (3 if repeats else 2)


def test_with_a_key_every_time_that_it_is_sent_is_an_attempt(
    api: Any, serve: Callable[..., Server], sdk: Callable[..., Sender]
) -> None:
    """As many as the policy allows, and no more."""
    server = serve(OK, None, None, None)

    with pytest.raises(OutpostConnectionError):
        sdk(attempts=3).call(server, api.put, api.create)

    assert server.count == 1 + 3


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_key_is_none(
    api: Any, serve: Callable[..., Server], sdk: Callable[..., Sender], blank: str
) -> None:
    """No server could tell by it that it has seen the request before."""
    server = serve(BUSY)

    with outpostkit.Client("token", base_url=server.url) as client:
        api.create.sync(x_request_key=blank, client=client)

    first, second = server.keys
    assert first == second != blank


def test_a_call_keeps_its_key_and_another_gets_its_own(
    api: Any, serve: Callable[..., Server], sdk: Callable[..., Sender]
) -> None:
    """In the header that the document names; operations without one get none."""
    server = serve(BUSY, None)

    sdk(attempts=3).call(server, api.create, api.create, api.put)

    first, second, third, other, none = server.keys
    assert None not in {first, other}
    assert first == second == third != other
    assert none is None


def test_the_key_of_the_caller_goes_before(api: Any, serve: Callable[..., Server]) -> None:
    """It may be known from somewhere else."""
    server = serve()

    with outpostkit.Client("token", base_url=server.url) as client:
        api.create.sync(x_request_key="mine", client=client)

    assert server.keys == ["mine"]


def test_files_travel_too(api: Any, httpserver: HTTPServer) -> None:
    """Whatever the package has for a body is sent."""
    httpserver.expect_request("/upload").respond_with_data(b"")
    form = api.models.UploadBody(file=api.file.File(b"content", filename="a.txt"))

    with outpostkit.Client("token", base_url=httpserver.url_for("")) as client:
        api.upload.sync(body=form, client=client)

    with httpserver.log[0][0].files["file"].stream as sent:
        assert sent.read() == b"content"


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(("name", "repeats"), REPEATS.items())
def test_a_plain_client_sends_every_request_once(
    api: Any, serve: Callable[..., Server], name: str, repeats: bool, is_async: bool
) -> None:
    """What repeats safely is said for others; it is idempotent by itself or by a key."""
    operation = getattr(api, name)
    busy, hangs_up = serve(BUSY), serve(OK, None)
    plain = Sender(importlib.import_module(f"{api.package}.client"), is_async)

    with pytest.raises(api.errors.ResponseError):
        plain.call(busy, operation)
    with pytest.raises(httpx.RemoteProtocolError):
        plain.call(hangs_up, api.put, operation)

    assert (busy.count, hangs_up.count) == (1, 2)
    assert busy.keys == [None]
    assert repeats is (
        operation.OPERATION.idempotent or operation.OPERATION.idempotency_header is not None
    )

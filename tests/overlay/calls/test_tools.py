"""Tools that stand in for httpx's sending see every request, however the client came about.

Each tool is switched on before and after a client is made, in both colours.
"""

import functools
import hashlib
from contextlib import ExitStack, contextmanager
from typing import Any, Awaitable, Callable, Dict, Iterator, List, NamedTuple

import anyio
import httpx
import pytest

from outpost_api.api import user
from outpostkit import AsyncClient, Client, RetryPolicy
from outpostkit.exceptions import OutpostTimeoutError
from outpostkit.repository.lfs.client import AsyncLfsClient, LfsClient

GET_USER = user.get_user.plan()
HASTY = RetryPolicy(initial_delay=0.001, max_delay=0.002)
TOKEN = "op_secret-token/1"
CONTENT = b"the content"

Reply = Callable[[httpx.Request], httpx.Response]
#: Sends everything to a function instead of a server, within a ``with`` block.
Tool = Callable[[Reply], Any]


@contextmanager
def respx_mock(reply: Reply) -> Iterator[None]:
    """respx, which takes the place of httpcore's pool."""
    respx = pytest.importorskip("respx", reason="respx is not installed")
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=reply)
        yield


@contextmanager
def pytest_httpx_mock(reply: Reply, request: pytest.FixtureRequest) -> Iterator[None]:
    """pytest-httpx, which takes the place of the transports of httpx."""
    pytest.importorskip("pytest_httpx", reason="pytest-httpx is not installed")
    mock: Any = request.getfixturevalue("httpx_mock")
    mock.add_callback(reply, is_reusable=True)
    yield


@contextmanager
def replaced(holder: Any, name: str, reply: Reply) -> Iterator[None]:
    """A function of httpx or httpcore that somebody has replaced by one that never sends."""
    original = getattr(holder, name)

    @functools.wraps(original)  # it calls itself what it is not
    def stand_in(self: Any, request: Any, *args: Any, **given: Any) -> Any:
        return _answer(name, reply(_as_httpx(request)), request)

    @functools.wraps(original)
    async def async_stand_in(self: Any, request: Any, *args: Any, **given: Any) -> Any:
        return _answer(name, reply(_as_httpx(request)), request)

    is_async = "Async" in holder.__name__ and name != "_transport_for_url"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(holder, name, async_stand_in if is_async else stand_in)
        yield


def _as_httpx(request: Any) -> httpx.Request:
    if isinstance(request, httpx.Request):
        return request
    address = request.url
    where = f"{address.scheme.decode()}://{address.host.decode()}:{address.port or 80}"
    return httpx.Request(request.method, where + address.target.decode(), headers=request.headers)


def _answer(name: str, response: httpx.Response, request: Any) -> Any:
    if isinstance(request, httpx.Request):
        response.request = request
        return response
    import httpcore

    return httpcore.Response(
        response.status_code, headers=response.headers.raw, content=response.content
    )


class Sender(NamedTuple):
    """One way to send, in both colours."""

    blocking: Callable[[Any], Any]
    waiting: Callable[[Any], Awaitable[Any]]
    paths: List[str]


async def _pieces(stream: Any) -> bytes:
    async with stream as answer:
        return b"".join([piece async for piece in answer.iter_bytes()])


def _pieces_blocking(stream: Any) -> bytes:
    with stream as answer:
        return b"".join(answer.iter_bytes())


async def _lines(stream: Any) -> List[str]:
    async with stream as answer:
        return [line async for line in answer.lines()]


def _lines_blocking(stream: Any) -> List[str]:
    with stream as answer:
        return list(answer.lines())


async def _results(results: Any) -> List[Any]:
    return [each async for each in results]


SENDERS = {
    "call": Sender(lambda s: s.client.call(GET_USER), lambda s: s.client.call(GET_USER), ["/user"]),
    "stream": Sender(
        lambda s: _pieces_blocking(s.client.stream(GET_USER)),
        lambda s: _pieces(s.client.stream(GET_USER)),
        ["/user"],
    ),
    "request": Sender(
        lambda s: s.client._request("GET", "/odd", params={"a": 1}),
        lambda s: s.client._request("GET", "/odd", params={"a": 1}),
        ["/odd"],
    ),
    "prediction": Sender(
        lambda s: s.predictor.infer(json={"a": 1}),
        lambda s: s.predictor.infer(json={"a": 1}),
        ["/predict"],
    ),
    "predictions": Sender(
        lambda s: list(s.predictor.infer_many([1, 2, 3], concurrency=2)),
        lambda s: _results(s.predictor.infer_many([1, 2, 3], concurrency=2)),
        ["/predict"] * 3,
    ),
    "streamed prediction": Sender(
        lambda s: _lines_blocking(s.predictor.infer_stream(json=1)),
        lambda s: _lines(s.predictor.infer_stream(json=1)),
        ["/predict"],
    ),
    "prediction of a file": Sender(
        lambda s: s.predictor.infer(content=iter([b"a", b"b"])),
        lambda s: s.predictor.infer(content=_later([b"a", b"b"])),
        ["/predict"],
    ),
}


async def _later(pieces: List[bytes]) -> Any:
    for piece in pieces:
        yield piece


class Setting:
    """A client whose server does not exist, and what of it a way to send uses."""

    def __init__(self, sdk: Any, client: Any) -> None:
        self.client = client
        self.predictor = sdk.Predictor(client, "http://predictions.test", "/predict", "/health")


class Replies:
    """Answers as Outpost does, and keeps what it was asked for."""

    def __init__(self, server: Any) -> None:
        self.paths: List[str] = []
        self.tokens: List[Any] = []
        self._server = server

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        self.tokens.append(request.headers.get("authorization"))
        return httpx.Response(200, json=self._server.user)


def send(sdk: Any, moment: str, tool: Callable[[], Any], sender: Sender, **options: Any) -> Any:
    """Send while a tool is on; the client was made, and has been used, before or is made after."""
    given = {"base_url": "http://api.test", "retry": HASTY, **options}

    async def main() -> Any:
        with ExitStack() as stack:
            if moment == "after":
                stack.enter_context(tool())
            async with AsyncClient(TOKEN, **given) as client:
                if moment == "before":
                    client._calls.connections.open()
                    stack.enter_context(tool())
                return await sender.waiting(Setting(sdk, client))

    if sdk.is_async:
        return anyio.run(main)
    with ExitStack() as stack:
        if moment == "after":
            stack.enter_context(tool())
        with Client(TOKEN, **given) as client:
            if moment == "before":
                client._calls.connections.open()
                stack.enter_context(tool())
            return sender.blocking(Setting(sdk, client))


@pytest.fixture(params=["before", "after"])
def moment(request: pytest.FixtureRequest) -> str:
    """Whether the client is made before or after the tool is switched on."""
    return str(request.param)


@pytest.mark.parametrize("name", SENDERS)
@pytest.mark.parametrize("tool_name", ["respx", "pytest-httpx"])
def test_mocks_get_every_request(sdk, server, moment, tool_name, name, request) -> None:
    """However it is sent; the hosts of this test do not exist."""
    replies, sender = Replies(server), SENDERS[name]
    tools: Dict[str, Callable[[], Any]] = {
        "respx": lambda: respx_mock(replies),
        "pytest-httpx": lambda: pytest_httpx_mock(replies, request),
    }

    send(sdk, moment, tools[tool_name], sender)

    assert replies.paths == sender.paths


CLIENT_NAMES = ["send", "_send_handling_auth", "_send_handling_redirects", "_send_single_request"]


@pytest.mark.parametrize("name", CLIENT_NAMES)
def test_what_stands_in_for_a_step_of_a_client_is_passed(sdk, server, moment, name) -> None:
    """Whatever it calls itself."""
    replies = Replies(server)
    holder = httpx.AsyncClient if sdk.is_async else httpx.Client

    send(sdk, moment, lambda: replaced(holder, name, replies), SENDERS["call"])

    assert replies.paths == ["/user"]


@pytest.mark.parametrize("kind", ["httpx", "ConnectionPool", "HTTPConnection"])
def test_what_stands_in_for_a_transport_is_passed(sdk, server, moment, kind) -> None:
    """That of httpx, and what it is made of."""
    import httpcore

    replies = Replies(server)
    name = "handle_async_request" if sdk.is_async else "handle_request"
    prefix = "Async" if sdk.is_async else ""
    package, kind = (httpx, "HTTPTransport") if kind == "httpx" else (httpcore, kind)
    holder = getattr(package, prefix + kind)

    send(sdk, moment, lambda: replaced(holder, name, replies), SENDERS["prediction"])

    assert replies.paths == ["/predict"]


def test_a_choice_of_transports_that_is_replaced_is_heeded(sdk, server, moment) -> None:
    """As older versions of mocks do it."""
    replies = Replies(server)
    holder = httpx.AsyncClient if sdk.is_async else httpx.Client

    @contextmanager
    def tool() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(holder, "_transport_for_url", lambda *_: httpx.MockTransport(replies))
            yield

    send(sdk, moment, tool, SENDERS["call"])

    assert replies.paths == ["/user"]


def test_a_class_that_takes_the_place_of_httpxs_own_is_used(sdk, server) -> None:
    """By clients that are made then, as by httpx's: such tools see no older ones either."""
    replies = Replies(server)
    name = "AsyncClient" if sdk.is_async else "Client"
    genuine: Any = getattr(httpx, name)

    class Instrumented(genuine):  # type: ignore[misc]  # the base is one of two
        def __init__(self, *args: Any, **given: Any) -> None:
            super().__init__(*args, **given)
            self._transport = httpx.MockTransport(replies)

    @contextmanager
    def tool() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(httpx, name, Instrumented)
            yield

    send(sdk, "after", tool, SENDERS["call"])

    assert replies.paths == ["/user"]


def test_calls_go_straight_to_the_server_again_when_a_tool_is_off(sdk, server) -> None:
    """The same client."""
    server.on("GET", "/user", server.json(server.user))
    holder = httpx.AsyncHTTPTransport if sdk.is_async else httpx.HTTPTransport
    name = "handle_async_request" if sdk.is_async else "handle_request"
    replies = Replies(server)

    def blocking(setting: Setting) -> None:
        with replaced(holder, name, replies):
            setting.client.call(GET_USER)
        setting.client.call(GET_USER)

    async def waiting(setting: Setting) -> None:
        with replaced(holder, name, replies):
            await setting.client.call(GET_USER)
        await setting.client.call(GET_USER)

    sender = Sender(blocking, waiting, [])
    send(sdk, "before", lambda: ExitStack(), sender, base_url=server.url)

    assert (len(replies.paths), len(server.requests)) == (1, 1)


def test_a_request_that_nobody_mocked_ends_in_the_mocks_own_error(sdk, moment) -> None:
    """And is not tried again, as it is no problem of a connection."""
    respx = pytest.importorskip("respx", reason="respx is not installed")
    routers: List[Any] = []

    @contextmanager
    def tool() -> Iterator[None]:
        with respx.mock() as router:
            routers.append(router)
            yield

    with pytest.raises(AssertionError, match="not mocked"):
        send(sdk, moment, tool, SENDERS["call"])

    assert len(routers[0].calls) <= 1


def test_retries_and_errors_stay_ours(sdk, server, moment) -> None:
    """A mock that fails is repeated and told of as a server that does."""
    asked: List[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ReadTimeout("too slow", request=request)

    with pytest.raises(OutpostTimeoutError, match=r"GET http://api.test/user: .*\(4 attempts\)"):
        send(sdk, moment, lambda: respx_mock(reply), SENDERS["call"])
    assert len(asked) == 4


def test_redirects_are_not_followed_through_a_mock(sdk, moment) -> None:
    """The token stays where it is."""
    asked: List[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": "http://elsewhere.test/user"})

    with pytest.raises(Exception, match="302"):
        send(sdk, moment, lambda: respx_mock(reply), SENDERS["call"])
    assert asked == ["api.test"]


def test_a_cassette_is_recorded_once_and_played_ever_after(sdk, server, moment, tmp_path) -> None:
    """By vcrpy, without the token."""
    vcr = pytest.importorskip("vcr", reason="vcrpy is not installed")
    server.on("GET", "/user", server.json(server.user))
    cassette = tmp_path / "user.yaml"

    def tool() -> Any:
        return vcr.use_cassette(str(cassette), filter_headers=["authorization"])

    for _ in range(2):
        answer = send(sdk, moment, tool, SENDERS["call"], base_url=server.url)

    assert answer.name == server.user["name"]
    assert len(server.requests) == 1
    assert TOKEN not in cassette.read_text()


def test_a_transfer_is_seen_too(sdk, tmp_path) -> None:
    """The request for it, and those to the storage."""
    oid = hashlib.sha256(CONTENT).hexdigest()
    action = {"href": "http://storage.test/object?X-Signature=abc"}
    batch = {
        "transfer": "basic",
        "objects": [{"oid": oid, "size": len(CONTENT), "actions": {"download": action}}],
    }
    target = tmp_path / "object"
    where = (target, oid, len(CONTENT), "aj-ya", "model", "gpt")
    hosts: List[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        if request.url.host == "storage.test":
            return httpx.Response(200, content=CONTENT)
        return httpx.Response(200, json=batch)

    async def main() -> None:
        async with AsyncLfsClient("http://api.test", auth_token="t") as client:
            with respx_mock(reply):
                await client.download(*where)

    if sdk.is_async:
        anyio.run(main)
    else:
        with LfsClient("http://api.test", auth_token="t") as client, respx_mock(reply):
            client.download(*where)

    assert hosts == ["api.test", "storage.test"]
    assert target.read_bytes() == CONTENT

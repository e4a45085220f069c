"""Tokens that are asked for: with the first request, and once more after a 401."""

import io
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import anyio
import anyio.lowlevel
import httpx
import pytest

from outpostkit import AsyncClient, Client, RetryPolicy
from outpostkit.exceptions import AuthenticationError, ConfigurationError, OutpostError


class Tokens:
    """Gives tokens, one after the other; the last for ever."""

    def __init__(self, *tokens):
        self.left = list(tokens)
        self.asked = 0

    def __call__(self):
        self.asked += 1
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


@pytest.fixture(params=["function", "coroutine function"])
def give(request, sdk):
    """Make of a function what the client of this colour takes: a blocking one takes functions."""
    if request.param == "function" or not sdk.is_async:
        return lambda tokens: tokens

    def awaited(tokens):
        async def give():
            await anyio.lowlevel.checkpoint()
            return tokens()

        return give

    return awaited


@pytest.fixture
def call(sdk, server):
    """Call with a client of this colour and this token."""

    def call(token, job, **options):
        options = {"base_url": server.base_url, **options}
        if not sdk.is_async:
            with Client(token, **options) as client:
                return job(client)

        async def main():
            async with AsyncClient(token, **options) as client:
                return await job(client)

        return anyio.run(main)

    return call


def accept(server, *good, status=401):
    """Answer those who have one of these tokens."""

    def answer(request):
        if request.headers.get("Authorization") in [f"Bearer {token}" for token in good]:
            return server.json(server.user)
        return server.json({"message": f"who is {request.headers['Authorization']}?"}, status)

    for method, path in (("GET", "/v1/user"), ("POST", "/predict")):
        server.handle(method, path, answer)


def sent(server):
    return [request.headers["Authorization"] for request in server.requests]


def test_a_token_is_asked_for_once_and_kept(sdk, server, call, give):
    """Making a client asks nobody; derived clients share what was given."""
    tokens = Tokens("first-token-1")
    accept(server, "first-token-1")

    def several(client):
        assert tokens.asked == 0
        return sdk.user(client)

    async def several_async(client):
        assert tokens.asked == 0
        await sdk.user(client)
        await sdk.user(client.with_options(retries=0))
        return await sdk.predictor(client).infer(json=1)

    def several_blocking(client):
        several(client)
        sdk.user(client.with_options(retries=0))
        return sdk.predictor(client).infer(json=1)

    call(give(tokens), several_async if sdk.is_async else several_blocking)

    assert tokens.asked == 1
    assert sent(server) == ["Bearer first-token-1"] * 3


@pytest.mark.parametrize(
    "body",
    [
        {"json": 1},
        {"content": io.BytesIO(b"x" * 9)},
        {"files": {"f": b"x"}},
        {"files": {"f": io.BytesIO(b"x")}},
    ],
    ids=["json", "file", "form", "form with a file"],
)
def test_after_a_401_it_is_asked_for_anew_and_the_call_repeated(sdk, server, call, give, body):
    """Of whatever can be sent again, and without counting as an attempt."""
    tokens = Tokens("first-token-1", "second-token-2")
    accept(server, "second-token-2")

    answer = call(
        give(tokens),
        lambda client: sdk.predictor(client).infer(**body),
        retry=RetryPolicy(max_attempts=1),
    )

    assert answer.status_code == 200
    assert sent(server) == ["Bearer first-token-1", "Bearer second-token-2"]
    assert len({request.get_data()[-1:] for request in server.requests}) == 1


def test_a_body_that_can_be_read_once_is_not_repeated(sdk, server, call, give):
    """The 401 is the answer; the next call has the token that is given then."""
    tokens = Tokens("first-token-1", "second-token-2")
    accept(server, "second-token-2")

    async def pieces():
        yield b"x"

    with pytest.raises(OutpostError, match="401"):
        call(
            give(tokens),
            lambda client: sdk.predictor(client).infer(
                content=pieces() if sdk.is_async else iter([b"x"])
            ),
        )

    assert len(server.requests) == 1


def test_a_token_that_stays_wrong_ends_in_the_401(sdk, server, call, give):
    """It is asked for twice, sent once when it is the same, and shown nowhere."""
    tokens = Tokens("first-token-1")
    accept(server, "second-token-2")

    with pytest.raises(AuthenticationError) as caught:
        call(give(tokens), sdk.user)

    assert tokens.asked == 2
    assert len(server.requests) == 1
    assert "first-token-1" not in f"{caught.value} {caught.value.content!r}"


def test_former_tokens_are_secrets_too(sdk, server, call, give):
    """An answer may speak of the one before."""
    server.handle("GET", "/v1/user", lambda request: server.json({"message": "first-token-1"}, 401))

    with pytest.raises(AuthenticationError) as caught:
        call(give(Tokens("first-token-1", "second-token-2")), sdk.user)

    assert len(server.requests) == 2
    assert "first-token-1" not in f"{caught.value} {caught.value.content!r}"


def test_many_at_once_ask_once(server):
    """Threads wait for one answer, at first and after a 401."""
    tokens = Tokens("first-token-1", "second-token-2")
    accept(server, "second-token-2")
    gate = threading.Barrier(8)
    with Client(tokens, base_url=server.base_url) as client, ThreadPoolExecutor(8) as pool:

        def ask(_):
            gate.wait(60)
            return client.user.name

        assert list(pool.map(ask, range(8))) == ["aj-ya"] * 8

    assert tokens.asked == 2


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_many_tasks_ask_once(server, backend):
    """So do the tasks of an event loop."""
    tokens = Tokens("first-token-1", "second-token-2")
    accept(server, "second-token-2")

    async def give():
        await anyio.lowlevel.checkpoint()
        return tokens()

    async def main():
        client = AsyncClient(give, base_url=server.base_url)
        async with client, anyio.create_task_group() as tasks:
            for _ in range(8):
                tasks.start_soon(client.user)

    anyio.run(main, backend=backend)

    assert tokens.asked == 2


def test_one_client_serves_several_event_loops(server):
    """One after the other, each with its own locks."""
    tokens = Tokens("first-token-1", "second-token-2")
    accept(server, "second-token-2")
    client = AsyncClient(tokens, base_url=server.base_url)

    names = [anyio.run(client.user).name for _ in range(3)]

    assert names == ["aj-ya"] * 3


@pytest.mark.parametrize("nonsense", [None, "", "  ", 5, b"token", "two words", "tokén"], ids=repr)
def test_what_is_no_token_is_refused(sdk, server, call, give, nonsense):
    """By the name of the argument, and without showing it."""
    with pytest.raises(ConfigurationError, match=r"^api_token: ") as caught:
        call(give(Tokens(nonsense)), sdk.user)

    assert "two words" not in str(caught.value)
    assert not server.requests


@pytest.mark.parametrize("error", [RuntimeError("x"), httpx.ConnectError("x"), TimeoutError("x")])
def test_what_the_function_raises_passes_through(sdk, server, call, give, error):
    """It is asked once: it is not the request that has failed."""
    asked = []

    def fail():
        asked.append(1)
        raise error

    with pytest.raises(type(error)) as caught:
        call(give(fail), sdk.user)

    assert caught.value is error
    assert asked == [1]


def test_a_function_that_calls_with_the_client_that_asks_it_is_refused(server):
    """It would wait for itself."""
    clients = []
    clients.append(Client(lambda: clients[0].user.name, base_url=server.base_url))

    with pytest.raises(ConfigurationError, match=r"api_token: the function.*a token of its own"):
        _ = clients[0].user


async def calls_itself(base_url):
    """As above, in async code."""
    clients = []

    async def give():
        return (await clients[0].user()).name

    clients.append(AsyncClient(give, base_url=base_url))
    await clients[0].user()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_coroutine_that_calls_with_the_client_that_asks_it_is_refused(server, backend):
    """It would wait for itself, too."""
    with pytest.raises(ConfigurationError, match="api_token: the function"):
        anyio.run(calls_itself, server.base_url, backend=backend)


def test_a_blocking_client_refuses_a_coroutine_function(server):
    """When it is made; a plain function that gives a coroutine, with the first call."""

    async def give():
        return "token"

    with pytest.raises(ConfigurationError, match="AsyncClient"):
        Client(give)
    client = Client(lambda: give(), base_url=server.base_url)
    with client, pytest.raises(ConfigurationError, match="AsyncClient"):
        _ = client.user


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize("token", [b"token-in-bytes", 5, ["token"]], ids=repr)
def test_a_token_of_another_type_is_refused(kind, token):
    """The error says what it may be."""
    with pytest.raises(ConfigurationError, match="api_token must be text, or a function") as caught:
        kind(token)

    assert "token-in-bytes" not in str(caught.value)


def test_an_authorization_of_ones_own_is_left_alone(sdk, server, call, give):
    """Nobody is asked then, nor for a health check."""
    tokens = Tokens("first-token-1")
    accept(server, "mine")
    headers = {"Authorization": "Bearer mine"}

    call(give(tokens), lambda client: sdk.user(client.with_options(headers=headers)))
    call(give(tokens), lambda client: sdk.predictor(client).infer(json=1, headers=headers))

    assert tokens.asked == 0


def give_a_token():
    """A function that a pickle can name."""
    return "first-token-1"


def test_a_client_takes_the_function_to_other_processes(server):
    """Not what it gave."""
    accept(server, "first-token-1")
    with Client(give_a_token, base_url=server.base_url) as client:
        assert client.user.name == "aj-ya"
        travelled = pickle.dumps(client)

    assert b"first-token-1" not in travelled
    with pickle.loads(travelled) as other:
        assert other.user.name == "aj-ya"

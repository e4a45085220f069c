"""What a monitor collects of an error: the local variables of every frame, and of every cause.

None of them has the token, whatever the error: Sentry and its like send them away.
"""

import json
import threading
import traceback
from collections.abc import Mapping

import anyio
import pytest

from outpostkit import RetryPolicy
from outpostkit.exceptions import ConfigurationError, OutpostError

TOKEN = "op_sealed-token-91"
ONCE = RetryPolicy(max_attempts=1)


def chain(error):
    """The error, and all that it was caused by."""
    found, left = [], [error]
    while left:
        each = left.pop()
        if each is not None and each not in found:
            found.append(each)
            left += [each.__cause__, each.__context__, *getattr(each, "exceptions", ())]
    return found


def texts(value, depth=0):
    """How a value looks to who writes it down, with what is in it."""
    yield repr(value)
    if depth < 3 and isinstance(value, Mapping):
        for name, each in value.items():
            yield from texts(name, depth + 1)
            yield from texts(each, depth + 1)
    elif depth < 3 and isinstance(value, (list, tuple, set)):
        for each in value:
            yield from texts(each, depth + 1)


def frames_with(secret, error):
    """The frames, those of the tests aside, where a secret is in a local variable."""
    found = []
    for each in chain(error):
        for frame, line in traceback.walk_tb(each.__traceback__):
            if frame.f_globals["__name__"].startswith("tests."):
                continue
            for name, value in frame.f_locals.items():
                if any(secret in text for text in texts(value)):
                    found.append(f"{frame.f_code.co_filename}:{line} {name}")
    return found


def hangs(server):
    for method, path in (("GET", "/v1/user"), ("POST", "/predict")):
        server.handle(method, path, server.hang)


def answers(status, body):
    def prepare(server):
        for method, path in (("GET", "/v1/user"), ("POST", "/predict")):
            server.on(method, path, server.json(body, status))

    return prepare


#: What the server does, the options of the client, and the header of a prediction.
FAULTS = {
    "refused": (None, {"base_url": "http://127.0.0.1:9"}, {}),
    "refused over httpx": (None, {"base_url": "http://127.0.0.1:9", "foreign": True}, {}),
    "a proxy that is not there": (None, {"proxy": "http://127.0.0.1:9"}, {}),
    "a timeout": (hangs, {"timeout": 0.1}, {}),
    "a deadline": (hangs, {"retry": RetryPolicy(deadline=0.2)}, {}),
    "no TLS": (None, {"tls": True}, {}),
    "401": (answers(401, {"message": TOKEN}), {}, {}),
    "500": (answers(500, {"message": TOKEN}), {}, {}),
    "redirect": (answers(302, {}), {}, {}),
    "unreadable": (answers(200, [TOKEN]), {}, {}),
    "a line break in a header": (None, {}, {"X-User": "a\nb"}),
    "no ASCII in a header": (None, {}, {"X-User": "é"}),
    "a certificate that is not there": (None, {"tls": True, "verify": "/nowhere/ca.pem"}, {}),
}


@pytest.fixture(params=list(FAULTS))
def errors(request, sdk, server):
    """The errors of a call and of a prediction that meet a fault."""
    prepare, options, headers = FAULTS[request.param]
    options = {"base_url": server.base_url, "retry": ONCE, **options}
    if options.pop("foreign", False):
        options["transport"] = sdk.httpx_transport()
    if options.pop("tls", False):
        options["base_url"] = options["base_url"].replace("http:", "https:")
    if prepare is not None:
        prepare(server)
    domain = options["base_url"].replace("/v1", "")

    def predict(client):
        return sdk.Predictor(client, domain, "/predict", "/h").infer(json=1, headers=headers)

    jobs = [predict]
    if not headers:
        jobs.append(sdk.user)
    return [error for error in (_error(sdk, job, options) for job in jobs) if error is not None]


def _error(sdk, job, options):
    kind = sdk.Client

    async def main():
        async with kind(TOKEN, **options) as client:
            await job(client)

    try:
        if sdk.is_async:
            anyio.run(main)
        else:
            with kind(TOKEN, **options) as client:
                job(client)
    except OutpostError as error:
        return error
    return None


def test_no_local_variable_has_the_token(errors):
    """Of no frame of the error and of its causes."""
    assert errors
    for error in errors:
        assert frames_with(TOKEN, error) == []


def test_what_sentry_would_send_has_no_token(errors):
    """By its own way to write variables down."""
    utils = pytest.importorskip("sentry_sdk.utils", reason="it is Sentry's own code that counts")
    serializer = pytest.importorskip("sentry_sdk.serializer", reason="as above")
    consts = pytest.importorskip("sentry_sdk.consts", reason="as above")
    for error in errors:
        event, _ = utils.event_from_exception(
            (type(error), error, error.__traceback__),
            client_options={**consts.DEFAULT_OPTIONS, "max_value_length": 10**6},
        )
        for value in event["exception"]["values"]:
            frames = value["stacktrace"]["frames"] if value.get("stacktrace") else []
            value["stacktrace"] = [f for f in frames if not f["module"].startswith("tests.")]

        assert TOKEN not in json.dumps(serializer.serialize(event), default=repr)


@pytest.mark.parametrize(
    "wrong",
    [
        {"api_token": f"{TOKEN} " + "x"},
        {"api_token": TOKEN.encode()},
        {"api_token": TOKEN, "base_url": "nowhere"},
        {"api_token": TOKEN, "timeout": "30"},
        {"api_token": TOKEN, "headers": {"X-Key": "é", "Authorization": TOKEN}},
        {"api_token": TOKEN, "headers": {"Authorization": TOKEN}, "cookies": 5},
        {"api_token": TOKEN, "profile": "nobody"},
        {"api_token": TOKEN, "socket_options": 5},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_a_client_that_is_not_made_leaves_no_token_either(sdk, wrong):
    """Nor the headers that were given with it."""
    with pytest.raises(ConfigurationError) as caught:
        sdk.Client(**wrong)

    assert frames_with(TOKEN, caught.value) == []


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_call_that_is_cancelled_leaves_no_token(server, backend):
    """Whoever cancels may report it."""
    from outpostkit import AsyncClient

    caught = []
    begun = threading.Event()

    def hang(request):
        begun.set()
        return server.hang()

    async def call(client):
        try:
            await client.user()
        except BaseException as error:
            caught.extend(frames_with(TOKEN, error) or ["nothing"])
            raise

    async def main():
        client = AsyncClient(TOKEN, base_url=server.base_url)
        async with client, anyio.create_task_group() as tasks:
            tasks.start_soon(call, client)
            await anyio.to_thread.run_sync(begun.wait, 60)
            tasks.cancel_scope.cancel()

    server.handle("GET", "/v1/user", hang)
    anyio.run(main, backend=backend)

    assert caught == ["nothing"]


@pytest.mark.parametrize("body", [b"x", b"x" * 10_000_000], ids=["small", "large"])
def test_an_interruption_while_sending_leaves_no_token(server, body, monkeypatch):
    """Such as by Ctrl-C."""
    from outpostkit import Client, Predictor
    from outpostkit.transport._sync_connection import SyncConnection

    def interrupted(self, data, timeout_s):
        raise KeyboardInterrupt

    monkeypatch.setattr(SyncConnection, "send", interrupted)
    with Client(TOKEN, base_url=server.base_url) as client:
        predictor = Predictor(client, server.url, "/predict", "/h")
        with pytest.raises(KeyboardInterrupt) as caught:
            predictor.infer(content=body)

    assert frames_with(TOKEN, caught.value) == []

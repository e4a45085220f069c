"""A replica goes on answering, whatever one request, its stream or its tasks do."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

RAISES = """
import asyncio, os, sys, threading
from fastapi.responses import StreamingResponse
from outpost_runtime import post

class Mute(Exception):
    def __str__(self): raise RuntimeError("no text")
    __repr__ = __str__

class Odd(BaseException): pass

CAUSES = {
    "exit": SystemExit(3), "interrupt": KeyboardInterrupt(), "odd": Odd("own"), "mute": Mute(),
    "group": BaseExceptionGroup("several", [SystemExit(1), ValueError("2")]),
}

def parts(cause, kind="data: "):
    yield kind + "a\\n\\n"
    raise CAUSES[cause]

async def later(cause):
    yield "data: a\\n\\n"
    raise CAUSES[cause]

async def raising(cause):
    raise CAUSES[cause]

class T:
    def predict(self, cause: str = ""):
        if cause: raise CAUSES[cause]
        return os.getpid()
    @post("/async")
    async def asynchronous(self, cause: str):
        raise CAUSES[cause]
    def __init__(self):
        self.begun, self.gate = threading.Event(), threading.Event()
    @post("/waiting")
    def waiting(self):
        self.begun.set()
        self.gate.wait()
        return "waited"
    @post("/begun")
    def has_begun(self):
        self.begun.wait()
        self.begun.clear()
    @post("/release")
    def release(self):
        self.gate.set()
        self.gate = threading.Event()
    @post("/stream")
    def stream(self, cause: str):
        return StreamingResponse(parts(cause), media_type="text/event-stream")
    @post("/astream")
    async def astream(self, cause: str):
        return StreamingResponse(later(cause), media_type="text/event-stream")
    @post("/yields")
    def yields(self, cause: str):
        yield from parts(cause)
    @post("/ayields")
    async def ayields(self, cause: str):
        async for part in later(cause): yield part
    @post("/task")
    async def task(self, cause: str):
        asyncio.create_task(raising(cause))
        return "begun"
    @post("/callback")
    async def callback(self):
        asyncio.get_running_loop().call_soon(sys.exit, 4)
        return "begun"
    @post("/stop")
    async def stop(self):
        asyncio.get_running_loop().stop()
        return "begun"
"""


@pytest.fixture(scope="module")
def raising(api):
    return api.deployed(RAISES, "T")


def url(endpoint, path=""):
    return endpoint.url().removesuffix("/predict") + (path or "/predict")


def post(endpoint, path="", **params):
    return endpoint.api.http.post(url(endpoint, path), params=params)


@contextlib.contextmanager
def another_request(endpoint):
    """One that is being handled meanwhile: it must get its own answer."""
    with ThreadPoolExecutor() as pool:
        other = pool.submit(post, endpoint, "/waiting")
        post(endpoint, "/begun")
        try:
            yield
        finally:
            post(endpoint, "/release")
        answer = other.result()
    assert (answer.status_code, answer.text) == (200, '"waited"')


@pytest.mark.parametrize("path", ["", "/async"])
@pytest.mark.parametrize(("cause", "told"), [
    ("odd", "Odd: own"),
    ("group", "BaseExceptionGroup: several (2 sub-exceptions)"),
    ("mute", "Mute"),
])  # fmt: skip
def test_whatever_a_method_raises_is_a_failed_prediction(raising, path, cause, told):
    """Also what is no Exception, and what cannot be printed."""
    answer = post(raising, path, cause=cause)

    assert (answer.status_code, answer.json()["code"]) == (500, "prediction_failed")
    assert answer.json()["message"] == told


@pytest.mark.parametrize("cause", ["exit", "interrupt", "odd", "mute"])
@pytest.mark.parametrize("path", ["/stream", "/astream", "/yields", "/ayields"])
def test_a_stream_that_means_to_end_the_process_breaks_off_alone(raising, path, cause):
    """Other requests get their answers from the same process, and the log has the reason."""
    pid = post(raising).json()
    name = f"{path[1:]}-{cause}"
    with another_request(raising), pytest.raises(httpx.RemoteProtocolError):
        raising.api.http.post(
            url(raising, path), params={"cause": cause}, headers={"X-Request-Id": name}
        )

    told = [line for line in raising.messages("runtime") if f"(request {name})" in line]
    assert len(told) == 1
    assert "within its answer" in told[0]
    assert post(raising).json() == pid


@pytest.mark.parametrize("path", ["/stream", "/astream"])
def test_events_end_with_the_reason_also_where_it_would_have_ended_the_process(raising, path):
    """Clients of server-sent events learn why there are no more."""
    received = ""
    params = {"cause": "exit"}
    with (
        raising.api.http.stream("POST", url(raising, path), params=params) as answer,
        contextlib.suppress(httpx.RemoteProtocolError),
    ):
        for text in answer.iter_text():
            received += text

    assert "event: error\ndata: " in received
    assert '"message": "SystemExit: 3"' in received


@pytest.mark.parametrize(("path", "params", "told"), [
    ("/task", {"cause": "exit"}, "SystemExit: 3"),
    ("/task", {"cause": "interrupt"}, "KeyboardInterrupt"),
    ("/callback", {}, "SystemExit: 4"),
    ("/stop", {}, "RuntimeError: Event loop stopped"),
])  # fmt: skip
def test_what_a_task_or_a_callback_does_to_the_loop_ends_no_replica(
    raising, eventually, path, params, told
):
    """The loop is everybody's: it goes on, and the log says what happened."""
    pid = post(raising).json()
    with another_request(raising):
        assert post(raising, path, **params).json() == "begun"
        line = f"A task or callback of the template raised {told}"
        eventually(lambda: [one for one in raising.messages("runtime") if one.startswith(line)])

    assert post(raising).json() == pid


ANSWERS = """
from fastapi import HTTPException, Response
from fastapi.responses import JSONResponse, StreamingResponse
def short():
    yield b"a"
    raise ValueError("too short")
class Silent(Response):
    async def __call__(self, scope, receive, send): pass
class T:
    exception_handlers = {
        KeyError: lambda request, error: JSONResponse({}, status_code=42),
        TypeError: lambda request, error: JSONResponse({}, status_code=400),
    }
    def predict(self, what: str):
        return eval(what)
    def raises(self, error):
        raise error
"""


@pytest.fixture(scope="module")
def answers(api):
    return api.deployed(ANSWERS, "T")


@pytest.mark.parametrize(("what", "told"), [
    ("JSONResponse({}, status_code=42)", "the status 42: use one from 200 to 599"),
    ("JSONResponse({}, status_code=999)", "the status 999"),
    ("JSONResponse({}, status_code=100)", "the status 100"),
    ("JSONResponse({}, status_code=101)", "the status 101"),
    ("self.raises(HTTPException(1000))", "the status 1000"),
    ("self.raises(KeyError())", "the status 42"),
    ("StreamingResponse(iter('ab'), status_code=42)", "the status 42"),
    (r"JSONResponse({}, headers={'x-a': 'a\nb'})", "The header 'x-a' of the answer holds a line"),
    (r"JSONResponse({}, headers={'x-a': 'a\rb'})", "The header 'x-a' of the answer holds a line"),
    ("JSONResponse({}, headers={'x a': 'b'})", "a header named 'x a', which is no name"),
    (r"JSONResponse({}, headers={'x-a': '\u20ac'})", "Latin-1 only, and not '\\u20ac'"),
    ("Response('abc', headers={'content-length': '2'})", "'content-length' with 2"),
    ("Response('abc', headers={'content-length': '4'})", "'content-length' with 4"),
    ("Response('abc', headers={'content-length': '-1'})", "'-1', which is no length"),
    ("Response('a', headers={'transfer-encoding': 'chunked'})", "more than one header"),
    ("StreamingResponse(iter('a'), headers={'transfer-encoding': 'gzip'})", "leave it out"),
    ("Silent()", "The response has sent no answer"),
])  # fmt: skip
def test_an_answer_that_http_cannot_hold_is_a_failed_prediction_that_says_so(answers, what, told):
    """The replica lives, and a handler for what is raised has no part in it."""
    answer = post(answers, what=what)

    assert (answer.status_code, answer.json()["code"]) == (500, "prediction_failed")
    assert told in answer.json()["message"]


def test_an_answer_with_its_own_length_is_sent(answers):
    """Also where it comes in parts."""
    whole = post(answers, what="Response('abc', headers={'content-length': '3'})")
    parts = post(answers, what="StreamingResponse(iter('abc'), headers={'content-length': '3'})")

    assert (whole.text, parts.text) == ("abc", "abc")


def test_a_short_answer_that_breaks_off_is_no_lost_replica(answers):
    """It is passed on once it is whole, which it never is."""
    answer = post(answers, what="StreamingResponse(short(), headers={'content-length': '9'})")

    assert (answer.status_code, answer.json()["code"]) == (502, "answer_broken")
    assert "ValueError: too short, within its answer" in answers.messages("runtime")[-1]


def test_headers_longer_than_the_router_takes_are_no_lost_replica(answers):
    """Nor is anything else that it cannot read."""
    answer = post(answers, what="Response('', headers={'x-a': 'b' * 600_000})")

    assert (answer.status_code, answer.json()["code"]) == (502, "invalid_answer")
    assert "its headers are longer than" in answer.json()["message"]


LEFT = """
import asyncio, time
from fastapi.responses import StreamingResponse
from outpost_runtime import post
def parts():
    try:
        while True:
            yield "part\\n"
            time.sleep(0.01)
    finally:
        print("FIN")
async def later():
    try:
        while True:
            yield "part\\n"
            await asyncio.sleep(0.01)
    finally:
        print("FIN")
KEPT = []
def kept(generator):
    KEPT.append(generator)
    return generator
class T:
    def predict(self):
        return StreamingResponse(kept(parts()))
    @post("/later")
    async def later(self):
        return StreamingResponse(kept(later()))
    @post("/yields")
    def yields(self):
        yield from kept(parts())
    @post("/ayields")
    async def ayields(self):
        try:
            async for part in kept(later()): yield part
        finally:
            print("FIN")
"""


@pytest.mark.parametrize("path", ["", "/later", "/yields", "/ayields"])
def test_a_generator_that_its_client_leaves_goes_through_its_finally(api, eventually, path):
    """At once, and not when somebody finds that nobody refers to it."""
    endpoint = api.deployed(LEFT, "T")
    with api.http.stream("POST", url(endpoint, path)) as answer:
        next(answer.iter_bytes())

    eventually(lambda: "FIN" in endpoint.messages("runtime"))


@pytest.mark.parametrize("idiom", [
    "sys.stdout.reconfigure(encoding='utf-8')",
    "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8', line_buffering=True)",
    "sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8', line_buffering=True)",
    "sys.stdout.reconfigure(line_buffering=True); sys.stderr.reconfigure(errors='replace')",
])  # fmt: skip
def test_what_is_printed_to_may_be_set_up_anew(api, idiom):
    """After something has been printed, too."""
    source = (
        "import io, sys\nclass T:\n    def __init__(self):\n"
        f"        print('before')\n        print('before', file=sys.stderr)\n        {idiom}\n"
        "        print('caf\\xe9')\n    def predict(self): return 1\n"
    )
    endpoint = api.deployed(source, "T")

    assert endpoint.predict().json() == 1
    assert sorted(endpoint.messages("runtime")) == ["before", "before", "caf\xe9"]


def test_a_lone_surrogate_that_is_printed_is_written_out(api):
    """As in what is logged."""
    source = "class T:\n    def predict(self):\n        print('x \\ud83d')\n        return 1\n"
    endpoint = api.deployed(source, "T")

    assert endpoint.predict().json() == 1
    assert endpoint.messages("runtime") == ["x \\ud83d"]


def test_a_template_that_closes_what_it_prints_to_fails_with_its_own_reason(api):
    """And nothing about how that is told."""
    source = (
        "import sys\nclass T:\n    def __init__(self):\n        sys.stdout.close()\n"
        "        raise ValueError('mine')\n    def predict(self): return 1\n"
    )
    endpoint = api.failed(source, "T")

    assert "ValueError: mine" in endpoint.messages("dep")[-1]
    assert not endpoint.messages("runtime")


FORKS = """
import asyncio, os, sys
from outpost_runtime import post
def child(how):
    if how == "raise": raise ValueError("of the child")
    if how == "exit": sys.exit(7)
    return "of the child"
class T:
    def predict(self, how: str):
        pid = os.fork()
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else child(how)
    @post("/async")
    async def asynchronous(self, how: str):
        pid = os.fork()
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else child(how)
    @post("/waits")
    async def waits(self, how: str):
        nothing = asyncio.get_running_loop().create_future()
        pid = os.fork()
        if not pid: await nothing
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else child(how)
    @post("/yields")
    def yields(self, how: str):
        pid = os.fork()
        yield os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else child(how)
"""


@pytest.fixture(scope="module")
def forking(api):
    return api.deployed(FORKS, "T")


@pytest.mark.parametrize(("path", "how", "code"), [
    ("", "raise", 1), ("", "exit", 7), ("", "return", 0),
    ("/async", "raise", 1), ("/async", "exit", 7), ("/async", "return", 0),
    ("/yields", "raise", 1), ("/yields", "exit", 7),
])  # fmt: skip
def test_a_fork_that_leaves_its_method_ends_as_a_program_does(forking, path, how, code):
    """It answers nobody, and its parent goes on."""
    for _ in range(2):
        answer = post(forking, path, how=how)

        assert (answer.status_code, answer.json()) == (200, code)


def test_a_fork_that_waits_on_the_loop_ends(forking):
    """The loop is its parent's."""
    assert post(forking, "/waits", how="return").json() == 1
    assert "A forked process has no event loop to wait on" in forking.messages("runtime")[-1]

"""Calls that are interrupted between any two steps lose no connection, and no place for one."""

import asyncio
import contextlib
import linecache
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Iterator, List

import httpx
import pytest

import outpostkit.transport
from outpostkit.transport import PooledTransport
from tests.benchmarks.interruptions import Server, cancel_calls

FOLDER = os.path.dirname(outpostkit.transport.__file__)
#: An exception may come in the midst of a destructor, which Python can only tell of.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore::pytest.PytestUnhandledThreadExceptionWarning",
    "ignore::ResourceWarning",
)


class Interrupted(Exception):
    """What a signal handler raises."""


@contextlib.contextmanager
def interrupted(step: int) -> Iterator[List[int]]:
    """Raise before a line of the transport, as a signal handler may: that with this number.

    Gives a list that is empty as long as there was no such line. In a destructor nobody hears of
    the exception.
    """
    left = step
    raised: List[int] = []

    def before_line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(FOLDER):
            return None
        if event in ("call", "line") and not _leads_into_with(frame):
            left -= 1
            if left < 0:
                left = sys.maxsize
                raised.append(frame.f_lineno)
                raise Interrupted
        return before_line

    traced = sys.gettrace()
    sys.settrace(before_line)
    try:
        yield raised
    finally:
        sys.settrace(traced)


def _leads_into_with(frame: FrameType) -> bool:
    # A tracer is told of the line of a "with" on the way out of it too, and could keep a lock from
    # being given back, which no signal does.
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return line.lstrip().startswith("with ")


def send(transport: PooledTransport, url: str) -> bytes:
    """Send a request, and read the answer."""
    request = httpx.Request("GET", url, extensions={"timeout": {"pool": 30.0, "read": 30.0}})
    response = transport.handle_request(request)
    try:
        return b"".join(response.iter_raw())
    finally:
        response.close()


@pytest.mark.parametrize("kind", ["whole", "pieces"])
@pytest.mark.parametrize("is_kept", [True, False], ids=["kept connection", "new connection"])
def test_a_request_may_be_interrupted_before_any_line(is_kept, kind) -> None:
    """The only connection that there may be is there for the next request."""
    server = Server(kinds=[kind])
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1 if is_kept else 0)
    transport = PooledTransport(limits=limits)
    step = 0
    raised = [0]
    while raised:
        with contextlib.suppress(Interrupted), interrupted(step) as raised:
            send(transport, server.url)
        assert len(send(transport, server.url)) > 2, f"after an interruption in line {raised}"
        step += 1
    transport.close()
    server.close()
    assert step > 50


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no such signals here")
def test_calls_streams_and_batches_that_signals_interrupt_lose_nothing() -> None:
    """While other threads call too; more of it is below tests/benchmarks."""
    # In a process of its own, which nothing measures: an exception within what measures which lines
    # run would leave that locked.
    unmeasured = {name: text for name, text in os.environ.items() if "COVERAGE" not in name}
    script = ["-m", "tests.benchmarks.interruptions", "--exceptions=200", "--cancellations=0"]
    run = subprocess.run(
        [sys.executable, *script, "--seed=7"],
        cwd=Path(__file__).parents[3],
        env=unmeasured,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )

    assert b"200 exceptions" in run.stdout
    assert b": nothing is lost" in run.stdout
    assert run.returncode == 0, run.stdout


def test_tasks_that_are_cancelled_lose_nothing() -> None:
    """Whatever they wait for."""
    assert asyncio.run(cancel_calls(600, seed=7)) == ""


def test_tasks_that_are_cancelled_while_tls_begins_lose_nothing(certificate, server_tls) -> None:
    """The event loop keeps its books about sockets, too."""
    trusted = ssl.create_default_context(cafile=certificate[0])
    trusted.check_hostname = False  # the certificate is for no name of this machine

    problem = asyncio.run(cancel_calls(300, seed=7, longest_s=0.03, tls=server_tls, verify=trusted))

    assert problem == ""

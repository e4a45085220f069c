"""What a template does before its first request and after its last one, and how replicas end."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from outpost_server import LocalOutpost

ASYNC_SETUP = """
import asyncio, os

class Resources:
    def __init__(self):
        self.loop = None

    async def setup(self):
        self.loop = asyncio.get_running_loop()
        self.queue = asyncio.Queue()
        self.worker = asyncio.create_task(self.work())

    async def work(self):
        while True:
            value, done = await self.queue.get()
            done.set_result(value * 2)

    async def predict(self, value: int = 1):
        assert asyncio.get_running_loop() is self.loop
        done = self.loop.create_future()
        await self.queue.put((value, done))
        return await done

    async def shutdown(self):
        self.worker.cancel()
        print("shut down", flush=True)
"""

SYNC_SETUP = """
import asyncio

class Resources:
    def setup(self):
        self.loop = asyncio.get_event_loop()

    async def predict(self):
        return self.loop is asyncio.get_running_loop()

    def close(self):
        print("closed", flush=True)
"""

OTHER_SETUP = """
from outpost_runtime import post

class Resources:
    def setup(self, size):
        raise RuntimeError("nobody asked for it")

    @post("/shutdown")
    def shutdown(self):
        return "a route"

    def predict(self):
        return "fine"
"""

FAILING_SETUP = """
class Resources:
    async def setup(self):
        self.connect()

    def connect(self):
        raise ConnectionError("no database there")

    def predict(self): ...
"""

LOOP_IN_INIT = """
import asyncio

class Resources:
    def __init__(self):
        self.task = asyncio.create_task(asyncio.sleep(1))

    def predict(self): ...
"""

QUIET = """
import logging

logging.disable(logging.CRITICAL)
logging.root.handlers.clear()

class Quiet:
    def healthy(self):
        raise LookupError("the model is gone")

    def shutdown(self):
        raise OSError("nothing to close")

    def predict(self): ...
"""

QUIET = """
import logging

logging.disable(logging.CRITICAL)
logging.root.handlers.clear()

class Quiet:
    def healthy(self):
        raise LookupError("the model is gone")

    def shutdown(self):
        raise OSError("nothing to close")

    def predict(self): ...
"""

BEHIND = """
import asyncio, pathlib, os, time
from fastapi import BackgroundTasks

class Behind:
    def predict(self, tasks: BackgroundTasks, gate: str, kind: str = "work"):
        tasks.add_task(getattr(self, kind), pathlib.Path(gate))
        return os.getpid()

    async def waited(self, gate):
        print("begun", flush=True)
        while not gate.exists():
            await asyncio.sleep(0.02)
        print("done", flush=True)

    def work(self, gate):
        print("begun", flush=True)
        while not gate.exists():
            time.sleep(0.02)
        print("done", flush=True)

    def unload(self):
        print("unloaded", flush=True)
"""


@pytest.mark.parametrize(("template", "answer", "at_end"), [
    (ASYNC_SETUP, 2, "shut down"),
    (SYNC_SETUP, True, "closed"),
])  # fmt: skip
def test_setup_runs_on_the_loop_of_predict_and_shutdown_after_it(
    api, eventually, template, answer, at_end
):
    """Sessions, queues and tasks belong to that loop."""
    endpoint = api.deployed(template, "Resources")

    answered = endpoint.predict()
    endpoint.deploy_and_wait()

    assert answered.json() == answer, answered.text
    assert eventually(lambda: at_end in endpoint.messages("runtime"))


def test_methods_that_are_no_hooks_are_left_alone(api):
    """One that needs arguments and one that is a route have these names for other reasons."""
    endpoint = api.deployed(OTHER_SETUP, "Resources")

    assert endpoint.predict().json() == "fine"


def test_a_setup_that_raises_fails_the_deployment(api):
    """With the template's own frames, as its constructor would."""
    endpoint = api.endpoint(FAILING_SETUP, "Resources")

    deployment = endpoint.deploy_and_wait()

    assert deployment["status"] == "failed"
    reason = "The template's setup raised: ConnectionError: no database there"
    line = next(one["data"] for one in endpoint.logs("dep") if one["data"]["message"] == reason)
    assert "in connect" in line["exc_info"]
    assert "outpost_server" not in line["exc_info"]


@pytest.mark.parametrize("hook", [
    "async def setup(self): yield",
    "def setup(self): yield",
    "@contextlib.asynccontextmanager\n    async def setup(self): yield",
    "@contextlib.contextmanager\n    def setup(self): yield",
    "async def shutdown(self): yield",
    "def healthy(self): yield True",
])  # fmt: skip
def test_a_hook_that_yields_fails_the_deployment(api, hook):
    """Nobody would run what stands in it."""
    source = f"import contextlib\nclass T:\n    {hook}\n    def predict(self): return 1\n"
    endpoint = api.failed(source, "T")

    (line,) = [line for line in endpoint.messages("dep") if "yields" in line]
    assert "write what stands before 'yield' in 'setup', and what stands after it in " in line


def test_a_setup_that_a_plain_function_wraps_is_awaited(api):
    """Its wrapper returns what is to be awaited."""
    source = (
        "class T:\n    is_set_up = False\n"
        "    async def begin(self): self.is_set_up = True\n"
        "    setup = lambda self: self.begin()\n"
        "    def predict(self): return self.is_set_up\n"
    )

    assert api.deployed(source, "T").predict().json() is True


SETUP = """
import asyncio

class T:
    async def setup(self):
        {does}
        {waits}

    def predict(self):
        return 1
"""


@pytest.mark.parametrize("waits", ["", "await asyncio.sleep(0)"])
def test_a_setup_that_cancels_itself_fails_the_deployment(api, waits):
    """What comes behind it has not been done."""
    endpoint = api.failed(SETUP.format(does="asyncio.current_task().cancel()", waits=waits), "T")

    assert "setup did not finish: it was cancelled" in "\n".join(endpoint.messages("dep"))


@pytest.mark.parametrize("waits", ["", "await asyncio.sleep(0)"])
def test_a_setup_that_stops_the_loop_ends_no_replica(api, waits):
    """The loop goes on, as it does whoever stops it."""
    source = SETUP.format(does="asyncio.get_running_loop().stop()", waits=waits)

    assert api.deployed(source, "T").predict().json() == 1


def test_a_constructor_that_wants_a_loop_is_told_where_there_is_one(api):
    """It runs before the loop does."""
    endpoint = api.endpoint(LOOP_IN_INIT, "Resources")

    endpoint.deploy_and_wait()

    told = "\n".join(endpoint.messages("dep"))
    assert "no running event loop" in told
    assert "async def setup(self)" in told


def test_what_a_hook_raises_is_logged_however_the_template_sets_logging_up(api, eventually):
    """With a traceback that begins in the template."""
    endpoint = api.deployed(QUIET, "Quiet")

    def traceback(message):
        lines = (line["data"] for line in endpoint.logs("runtime"))
        return next((line["exc_info"] for line in lines if line["message"] == message), None)

    assert api.http.get(endpoint.url("healthcheck")).status_code == 503
    raised = eventually(lambda: traceback("healthy raised LookupError: the model is gone"))
    assert raised.count("File ") == 1

    endpoint.deploy()
    assert eventually(lambda: traceback("shutdown raised OSError: nothing to close"))


@pytest.mark.parametrize("kind", ["work", "waited"])
def test_tasks_behind_an_answer_are_finished_before_a_replica_goes(
    api, shared_folder, eventually, kind
):
    """Longer than it has to give back what it holds, and no longer than they take."""
    endpoint = api.deployed(BEHIND, "Behind")
    endpoint.predict(params={"gate": str(shared_folder / "gate"), "kind": kind})
    eventually(lambda: "begun" in endpoint.messages("runtime"))

    endpoint.deploy_and_wait()
    began = time.monotonic()
    # Longer than a replica has that does nothing any more.
    eventually(lambda: time.monotonic() - began, lambda passed_s: passed_s > 6)
    (shared_folder / "gate").touch()

    assert eventually(lambda: "unloaded" in endpoint.messages("runtime"))
    assert "done" in endpoint.messages("runtime")
    stopped = eventually(lambda: [one for one in endpoint.messages("event") if "Stopped" in one])
    assert "before it was done" not in stopped[0]


def test_a_server_that_stops_does_not_wait_for_them(connect, shared_folder, eventually):
    """What was being replaced has no more time than the rest."""
    with LocalOutpost() as outpost:
        endpoint = connect(outpost).deployed(BEHIND, "Behind")
        endpoint.predict(params={"gate": str(shared_folder / "never")})
        eventually(lambda: "begun" in endpoint.messages("runtime"))
        endpoint.deploy_and_wait()
        began = time.monotonic()

    assert time.monotonic() - began < 15


HOARDING = """
import subprocess, sys

class Hoarding:
    def predict(self):
        # Each process is within the limit, which is for all of them together.
        code = "hoard = b'x' * 160 * 2**20; input()"
        children = [
            subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)
            for _ in range(2)
        ]
        return [child.wait() for child in children]
"""


def test_a_replica_that_the_server_ends_has_not_ended_by_itself(connect, tmp_path, eventually):
    """The event says for what it was ended."""
    (tmp_path / "hardware.toml").write_text("[tiny]\ncpus = 1\nmemory_gib = 0.25\n")
    with LocalOutpost(hardware_file=tmp_path / "hardware.toml") as outpost:
        endpoint = connect(outpost).deployed(HOARDING, "Hoarding", hardwareInstance="tiny")

        answer = endpoint.predict()

        told = eventually(lambda: [one for one in endpoint.messages("event") if " MiB " in one])
        assert answer.json()["code"] == "replica_lost"
        assert " MiB of memory and may use 256 MiB" in answer.json()["message"]
        assert "was ended: it used" in told[0]
        assert "by itself" not in told[0]


BLOCKED = """
import os, time

class Blocked:
    async def predict(self, seconds: float = 0, size: str = ""):
        print("begun", seconds, flush=True)
        time.sleep(seconds)
        return os.getpid()
"""


def pending(endpoint) -> int:
    """Return how many requests of the endpoint the router has sent and waits for."""
    metrics = endpoint.api.http.get(endpoint.api.origin + "/metrics").text
    name = f'outpost_endpoint_pending_requests{{endpoint="{endpoint.api.entity}/{endpoint.name}"}}'
    return next(int(float(line.split()[-1])) for line in metrics.splitlines() if name in line)


def test_what_a_dying_replica_has_not_read_is_sent_to_the_next_one(api, eventually):
    """Its event loop is busy with another request when it is killed: that one is lost alone."""
    endpoint = api.deployed(BLOCKED, "Blocked", replicaScalingConfig={"min": 1, "max": 1})
    pid = endpoint.predict().json()

    with ThreadPoolExecutor(4) as pool:
        # Connections that are open already: a request goes to the replica at once.
        list(pool.map(lambda _: endpoint.predict(params={"seconds": 0.2}), range(4)))
        lost = pool.submit(endpoint.predict, params={"seconds": 3600})
        eventually(lambda: "begun 3600.0" in endpoint.messages("runtime"))
        unread = [pool.submit(endpoint.predict) for _ in range(3)]
        eventually(lambda: pending(endpoint), lambda count: count >= 4)
        os.kill(pid, signal.SIGKILL)
        answers = [one.result(timeout=60) for one in unread]

    assert lost.result().json()["code"] == "replica_lost"
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert pid not in [answer.json() for answer in answers]

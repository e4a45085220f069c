"""What is true of every engine. A new one is added to ``ENGINES`` with a fixture of its name."""

from __future__ import annotations

import pytest

# How a template of each ends its replica with exit code 9.
ENGINES = {"process": "os._exit(9)", "loopback": "raise SystemExit(9)"}

TEMPLATE = """
class Talking:
    async def predict(self, value: dict):
        print("asked for", value["word"])
        return {"said": value["word"]}
"""
RAISING = """
class Raising:
    def __init__(self):
        self.share = 1 / 0

    async def predict(self, value: dict):
        return value
"""
ENDING = """
import os

class Ending:
    async def predict(self, value: dict):
        if value["end"]:
            {end}
        return value
"""
# It is loaded when its gate is open: a file that is there.
WAITING = """
import pathlib, time

class Waiting:
    def __init__(self):
        print("waiting")
        while not pathlib.Path({gate!r}).exists():
            time.sleep(0.02)

    async def predict(self, value: dict):
        return value
"""


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def any_api(request, connect, engine):
    """A client of a server with that engine."""
    return connect(request.getfixturevalue(engine))


def test_an_endpoint_is_deployed_and_answers(any_api):
    """Request after request, whatever is left of the connection of the one before."""
    endpoint = any_api.deployed(TEMPLATE, "Talking")

    answers = [endpoint.predict(json={"word": word}).json() for word in ("one", "two")]

    assert answers == [{"said": "one"}, {"said": "two"}]


def test_what_a_template_prints_is_in_the_runtime_log(any_api, eventually):
    """As a line of its replica, by the same name as in the event log."""
    endpoint = any_api.deployed(TEMPLATE, "Talking")

    endpoint.predict(json={"word": "this"})
    line = eventually(lambda: endpoint.logs("runtime"))[-1]["data"]
    replicas = [one["data"].get("kubernetes") for one in endpoint.logs("event")]

    assert (line["message"], line["level"]) == ("asked for this", "INFO")
    assert line["logger_name"] == "stdout"
    assert line["kubernetes"] in replicas


def test_a_template_that_raises_fails_its_deployment_with_its_traceback(any_api):
    """Which line of it was at fault is in the deployment log."""
    endpoint = any_api.endpoint(RAISING, "Raising")

    deployment = endpoint.deploy_and_wait()

    assert deployment["status"] == "failed"
    said = endpoint.logs("dep")[-1]["data"]
    assert "ZeroDivisionError" in said["message"]
    assert "self.share = 1 / 0" in said["exc_info"]


def test_a_replica_that_ends_is_noticed_and_replaced(any_api, engine, eventually):
    """Why it ended is in the event log; the next request has another one."""
    endpoint = any_api.deployed(ENDING.format(end=ENGINES[engine]), "Ending")

    lost = endpoint.predict(json={"end": True})
    eventually(lambda: [said for said in endpoint.messages("event") if "exit code 9" in said])

    assert (lost.status_code, lost.json()["code"]) == (502, "replica_lost")
    assert "exit code 9. The event log of the endpoint has more." in lost.json()["message"]
    assert endpoint.predict(json={"end": False}).json() == {"end": False}


def test_a_start_that_is_not_wanted_any_more_is_not_waited_for(any_api, eventually, shared_folder):
    """Its endpoint is deleted while the template is being loaded, and the server goes on."""
    gate = shared_folder / "gate"
    endpoint = any_api.endpoint(WAITING.format(gate=str(gate)), "Waiting")
    endpoint.deploy()
    eventually(lambda: "waiting" in endpoint.messages("runtime"))

    try:
        any_api.call("DELETE", endpoint.path)
        status = any_api.call("GET", endpoint.path).status_code
        other = any_api.deployed(TEMPLATE, "Talking").predict(json={"word": "on"}).json()
    finally:
        gate.touch()

    assert (status, other) == (404, {"said": "on"})

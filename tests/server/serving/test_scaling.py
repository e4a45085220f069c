"""Replicas come and go with the requests."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection

import httpx
import pytest

SLOW = """
import asyncio, os

class Slow:
    async def predict(self, seconds: float = 0):
        print(f"begun for {seconds} s")
        await asyncio.sleep(seconds)
        return {"pid": os.getpid()}
"""

# It answers, and starts, when its gate is open: a file that is there.
GATED = """
import asyncio, os, pathlib

gate = pathlib.Path(os.environ["GATE"])

class Gated:
    async def predict(self):
        print("begun")
        while not gate.exists():
            await asyncio.sleep(0.02)
        return {"pid": os.getpid()}
"""

GATED_START = """
import os, pathlib, time

class GatedStart:
    def __init__(self):
        while not pathlib.Path(os.environ["GATE"]).exists():
            time.sleep(0.02)
    def predict(self):
        return 1
"""

# Its third death is for good.
DIES = """
import os, pathlib

deaths = pathlib.Path(os.environ["DEATHS"])

class Dies:
    def __init__(self):
        if deaths.stat().st_size >= 3:
            os._exit(9)
    def predict(self):
        with deaths.open("a") as file:
            file.write("x")
        os._exit(9)
"""

FAILS_LATER = """
import os, pathlib

class Moody:
    def __init__(self):
        if pathlib.Path(os.environ["MARK"]).exists():
            raise RuntimeError("not today")
    def predict(self):
        return 1
"""

QUICK = {"scaledownPeriod": 1}
KILLED = "ended by itself: killed by SIGKILL"
ASLEEP = "Scaled from 1 to 0 replicas"


@pytest.fixture
def gate(shared_folder):
    return shared_folder / "gate"


def secret(name, path):
    return [{"name": name, "value": str(path)}]


@pytest.fixture
def slept_after_s(outpost, eventually):
    """Return how many seconds after its last answer an endpoint fell asleep, by the server's logs.

    What the tests see of it, they see later, on a busy machine much later.
    """

    def slept_after_s(endpoint) -> float:
        asleep = eventually(
            lambda: [line for line in endpoint.logs("event") if ASLEEP in line["data"]["message"]]
        )
        access = outpost.data_folder / "logs" / endpoint.get()["id"] / "access.jsonl"
        answered = json.loads(access.read_text().splitlines()[-1])
        return (int(asleep[0]["timestamp"]) - int(answered["timestamp"])) / 1e9

    return slept_after_s


def test_an_endpoint_sleeps_after_its_period_and_wakes_with_a_request(
    api, eventually, slept_after_s
):
    """Scaled to zero, then the next request starts a replica and is answered by it."""
    endpoint = api.deployed(SLOW, "Slow", replicaScalingConfig=QUICK)
    first = endpoint.predict().json()["pid"]

    eventually(endpoint.status, lambda status: status == "scaled_to_zero")
    after_s = slept_after_s(endpoint)
    asleep = endpoint.get("/replica-status")
    second = endpoint.predict()

    assert 0.9 < after_s < 3
    assert asleep["replicas"] == 0
    assert second.status_code == 200
    assert second.json()["pid"] != first


def test_a_pending_request_keeps_the_replica(api, slept_after_s):
    """The period begins when the last answer has ended."""
    endpoint = api.deployed(SLOW, "Slow", replicaScalingConfig=QUICK)

    answer = endpoint.predict(params={"seconds": 1.5})

    assert answer.status_code == 200
    assert slept_after_s(endpoint) > 0.9


def test_health_checks_do_not_wake_an_endpoint(api, eventually):
    """A sleeping endpoint is not healthy, and asking does not change that."""
    endpoint = api.deployed(SLOW, "Slow", replicaScalingConfig=QUICK)
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    health = api.contract.check(api.http.get(endpoint.url("healthcheck")))

    assert health.status_code == 503
    assert health.json()["code"] == "scaled_to_zero"
    assert endpoint.status() == "scaled_to_zero"


def test_replicas_grow_with_pending_requests_and_shrink_to_min(api, eventually, gate):
    """ceil(pending / target) replicas, at most max; min when it is quiet."""
    endpoint = api.deployed(
        GATED,
        "Gated",
        replicaScalingConfig={"min": 1, "max": 3, "scaledownPeriod": 1, "targetPendingRequests": 2},
        secrets=secret("GATE", gate),
    )

    def replicas():
        return endpoint.get("/replica-status")["readyReplicas"]

    with ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(endpoint.predict) for _ in range(5)]
        most = eventually(replicas, lambda count: count == 3)
        gate.touch()
    least = eventually(replicas, lambda count: count == 1)

    assert (most, least) == (3, 1)
    assert {answer.result().status_code for answer in answers} == {200}


def test_a_full_queue_refuses_with_retry_after(api, eventually, gate):
    """Requests beyond the queue's limit, here 20, are told to come back, the others are served."""
    gate.touch()
    endpoint = api.deployed(
        GATED_START,
        "GatedStart",
        replicaScalingConfig=QUICK,
        secrets=secret("GATE", gate),
    )
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")
    gate.unlink()
    url = endpoint.url()

    with ThreadPoolExecutor(30) as pool:
        pending = [pool.submit(api.http.post, url) for _ in range(30)]
        eventually(lambda: sum(one.done() for one in pending) == 10)
        gate.touch()
    answers = [one.result() for one in pending]
    refused = [api.contract.check(one) for one in answers if one.status_code == 503]

    assert len(refused) == 10
    assert {answer.status_code for answer in answers} == {200, 503}
    assert {answer.json()["code"] for answer in refused} == {"queue_full"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_a_replica_that_cannot_start_refuses_those_who_wait(api, shared_folder, eventually):
    """503 with the reason, not a wait until the timeout; it is tried again later."""
    mark = shared_folder / "mark"
    endpoint = api.deployed(
        FAILS_LATER,
        "Moody",
        replicaScalingConfig=QUICK,
        secrets=secret("MARK", mark),
    )
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    mark.touch()
    refused = endpoint.predict()
    mark.unlink()
    works = eventually(endpoint.predict, lambda answer: answer.status_code == 200)

    assert refused.status_code == 503
    assert refused.json()["code"] == "replica_failed"
    assert "not today" in refused.json()["message"]
    assert works.json() == 1


def test_requests_to_an_endpoint_without_deployment_are_refused(api):
    """503 not_deployed without a time to try again: only its owner can change that."""
    answer = api.endpoint().predict(json={})

    assert answer.status_code == 503
    assert answer.json()["code"] == "not_deployed"
    assert "retry-after" not in answer.headers


def test_a_prediction_waits_for_the_first_deployment(api):
    """What is sent while the endpoint is still being deployed is answered when it is."""
    endpoint = api.endpoint()

    endpoint.deploy()
    answer = endpoint.predict(json={"value": 1})

    assert answer.status_code == 200


def test_a_prediction_learns_that_the_first_deployment_failed(api):
    """Those who wait for a deployment are refused when it has failed, and not told to try again."""
    endpoint = api.endpoint("raise RuntimeError('no')\n\n\nclass Broken: ...\n", "Broken")

    endpoint.deploy()
    answer = endpoint.predict(json={})

    assert (answer.status_code, answer.json()["code"]) == (503, "deployment_failed")
    assert "retry-after" not in answer.headers


def test_a_killed_replica_fails_its_requests_and_is_replaced(api, eventually):
    """502 for the request it was handling, another replica for the next one."""
    endpoint = api.deployed(SLOW, "Slow")
    pid = endpoint.predict().json()["pid"]

    with ThreadPoolExecutor(1) as pool:
        in_flight = pool.submit(endpoint.predict, params={"seconds": 3600})
        eventually(lambda: "begun for 3600.0 s" in endpoint.messages("runtime"))
        os.kill(pid, signal.SIGKILL)
        lost = in_flight.result(timeout=60)
    next_one = endpoint.predict()

    assert lost.status_code == 502
    assert lost.json()["code"] == "replica_lost"
    assert "killed by SIGKILL, as the system does when its memory" in lost.json()["message"]
    assert next_one.status_code == 200
    assert next_one.json()["pid"] != pid
    assert eventually(lambda: [said for said in endpoint.messages("event") if KILLED in said])


def test_a_template_that_dies_again_and_again_is_a_failed_endpoint(api, shared_folder, eventually):
    """After some deaths in a row it is told so, with the time of the next attempt."""
    deaths = shared_folder / "deaths"
    deaths.touch()
    deaths.chmod(0o666)
    endpoint = api.deployed(DIES, "Dies", secrets=secret("DEATHS", deaths))

    answers: Counter[int] = Counter()

    def after_another_request():
        answers[endpoint.predict().status_code] += 1
        return endpoint.status()

    eventually(after_another_request, lambda status: status == "failed")
    refused = endpoint.predict()
    reasons = eventually(
        lambda: {one["reason"] for one in endpoint.get("/replica-status")["conditions"]},
        lambda reasons: "ReplicasStarting" not in reasons,
    )

    # Between two attempts there is no replica to die.
    assert answers.keys() <= {502, 503}
    assert answers[502] == 3
    assert (refused.status_code, refused.json()["code"]) == (503, "replica_failed")
    assert "exit code 9" in refused.json()["message"]
    assert int(refused.headers["retry-after"]) >= 1
    assert "ReplicaFailure" in reasons


@pytest.fixture
def send(api):
    """Return a connection on which a request has been sent and nothing has been read."""
    with ExitStack() as connections:

        def send(url: str) -> HTTPConnection:
            where = httpx.URL(url)
            connection = HTTPConnection(where.host, where.port, timeout=60)
            connections.callback(connection.close)
            headers = {"Authorization": f"Bearer {api.token}", "Content-Type": "application/json"}
            connection.request("POST", where.path, b"{}", headers)
            return connection

        yield send


@pytest.mark.parametrize("parameters", ["self, value: dict", "self"], ids=["body", "no_body"])
def test_a_client_that_goes_away_cancels_its_request(api, send, eventually, parameters):
    """Nobody waits for the answer: predict is cancelled, and the endpoint may sleep."""
    template = f"""
import asyncio

class Cancelled:
    async def predict({parameters}):
        print("begun")
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            print("cancelled")
            raise
"""
    endpoint = api.deployed(template, "Cancelled", replicaScalingConfig=QUICK)
    client = send(endpoint.url())
    eventually(lambda: "begun" in endpoint.messages("runtime"))

    client.close()

    assert eventually(lambda: "cancelled" in endpoint.messages("runtime"))
    # With the request pending it would stay.
    assert eventually(endpoint.status, lambda status: status == "scaled_to_zero")


def test_a_client_that_does_not_wait_for_the_replica_cancels_its_request(
    api, send, eventually, gate
):
    """The replica still starts, and is given back."""
    template = GATED_START.replace("return 1", "time.sleep(3600)")
    gate.touch()
    endpoint = api.deployed(
        template, "GatedStart", replicaScalingConfig=QUICK, secrets=secret("GATE", gate)
    )
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")
    gate.unlink()
    client = send(endpoint.url())
    eventually(endpoint.status, lambda status: status == "starting")

    client.close()
    # With the request pending it would be started for good, as predict does not end.
    eventually(lambda: endpoint.get("/replica-status")["unavailableReplicas"] == 0)
    gate.touch()

    assert eventually(endpoint.status, lambda status: status == "scaled_to_zero")


def test_requests_in_flight_are_answered_when_the_endpoint_is_deleted(api, eventually, gate):
    """Deleting lets the answers that have begun end."""
    endpoint = api.deployed(GATED, "Gated", secrets=secret("GATE", gate))

    with ThreadPoolExecutor(2) as pool:
        in_flight = pool.submit(endpoint.predict)
        eventually(lambda: "begun" in endpoint.messages("runtime"))
        deleted = pool.submit(api.call, "DELETE", endpoint.path)
        eventually(endpoint.status, lambda status: status == "deleting")
        gate.touch()

    assert deleted.result().status_code == 204
    assert in_flight.result().status_code == 200
    assert eventually(lambda: api.call("GET", endpoint.path).status_code == 404)


def test_a_replica_that_is_not_needed_any_more_when_it_is_ready_is_given_back(api, eventually):
    """Starting may take longer than the period after which nobody wants the replica."""
    template = """
import time

class Late:
    def __init__(self):
        time.sleep(1.3)
    def predict(self):
        return 1
"""
    endpoint = api.deployed(template, "Late", replicaScalingConfig=QUICK)
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    with pytest.raises(httpx.ReadTimeout):
        api.http.post(endpoint.url(), timeout=0.2)

    stopped = eventually(
        lambda: [said for said in endpoint.messages("event") if said.startswith("Stopped")],
        lambda found: len(found) == 2,
    )

    assert stopped[0] != stopped[1]
    assert endpoint.status() == "scaled_to_zero"

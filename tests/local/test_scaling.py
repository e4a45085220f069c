"""Replicas come and go with the requests."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

SLOW = """
import asyncio, os

class Slow:
    async def predict(self, seconds: float = 0):
        await asyncio.sleep(seconds)
        return {"pid": os.getpid()}
"""

SLOW_START = """
import time

class Sleepy:
    def __init__(self):
        time.sleep(0.4)
    def predict(self):
        return 1
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


def test_an_endpoint_sleeps_after_its_period_and_wakes_with_a_request(api, eventually):
    """Scaled to zero, then the next request starts a replica and is answered by it."""
    endpoint = api.deployed(SLOW, "Slow", replicaScalingConfig=QUICK)
    first = endpoint.predict().json()["pid"]
    answered_at = time.monotonic()

    eventually(endpoint.status, lambda status: status == "scaled_to_zero")
    slept_after_s = time.monotonic() - answered_at
    asleep = endpoint.get("/replica-status")
    second = endpoint.predict()

    assert 1 <= slept_after_s < 3
    assert asleep["replicas"] == 0
    assert second.status_code == 200
    assert second.json()["pid"] != first


def test_a_pending_request_keeps_the_replica(api):
    """The period begins when the last answer has ended."""
    endpoint = api.deployed(SLOW, "Slow", replicaScalingConfig=QUICK)

    assert endpoint.predict(params={"seconds": 1.5}).status_code == 200
    assert endpoint.status() == "healthy"


def test_health_checks_do_not_wake_an_endpoint(api, eventually):
    """A sleeping endpoint is not healthy, and asking does not change that."""
    endpoint = api.deployed(SLOW, "Slow", replicaScalingConfig=QUICK)
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    health = api.contract.check(api.http.get(endpoint.url("healthcheck")))

    assert health.status_code == 503
    assert health.json()["code"] == "scaled_to_zero"
    assert endpoint.status() == "scaled_to_zero"


def test_replicas_grow_with_pending_requests_and_shrink_to_min(api, eventually):
    """ceil(pending / target) replicas, at most max; min when it is quiet."""
    endpoint = api.deployed(
        SLOW,
        "Slow",
        replicaScalingConfig={"min": 1, "max": 3, "scaledownPeriod": 1, "targetPendingRequests": 2},
    )

    def replicas():
        return endpoint.get("/replica-status")["readyReplicas"]

    with ThreadPoolExecutor(5) as pool:
        for _ in range(5):
            pool.submit(endpoint.predict, params={"seconds": 2})
        most = eventually(replicas, lambda count: count == 3)
    least = eventually(replicas, lambda count: count == 1)

    assert (most, least) == (3, 1)


def test_a_full_queue_refuses_with_retry_after(api, outpost, eventually):
    """Requests beyond the queue's limit are told to come back, the others are served."""
    endpoint = api.deployed(SLOW_START, "Sleepy", replicaScalingConfig=QUICK)
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: endpoint.predict(), range(30)))
    refused = [answer for answer in answers if answer.status_code == 503]

    assert len(refused) >= 1
    assert {answer.status_code for answer in answers} == {200, 503}
    assert {answer.json()["code"] for answer in refused} == {"queue_full"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_a_replica_that_cannot_start_refuses_those_who_wait(api, tmp_path, eventually):
    """503 with the reason, not a wait until the timeout; it is tried again later."""
    mark = tmp_path / "mark"
    endpoint = api.deployed(
        FAILS_LATER,
        "Moody",
        replicaScalingConfig=QUICK,
        secrets=[{"name": "MARK", "value": str(mark)}],
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
        in_flight = pool.submit(endpoint.predict, params={"seconds": 30})
        time.sleep(0.2)
        os.kill(pid, signal.SIGKILL)
        lost = in_flight.result(timeout=5)
    next_one = endpoint.predict()

    assert lost.status_code == 502
    assert lost.json()["code"] == "replica_lost"
    assert next_one.status_code == 200
    assert next_one.json()["pid"] != pid
    assert eventually(lambda: [said for said in endpoint.messages("event") if KILLED in said])


def test_a_template_that_dies_again_and_again_is_a_failed_endpoint(api, eventually):
    """After some deaths in a row it is told so, with the time of the next attempt."""
    endpoint = api.deployed("class Dies:\n    def predict(self): __import__('os')._exit(9)", "Dies")

    answers: Counter[int] = Counter()

    def after_another_request():
        answers[endpoint.predict().status_code] += 1
        return endpoint.status()

    eventually(after_another_request, lambda status: status == "failed")
    refused = endpoint.predict()
    progressing = {one["type"]: one for one in endpoint.get("/replica-status")["conditions"]}

    assert answers.keys() == {502, 503}
    assert answers[502] == 3
    assert (refused.status_code, refused.json()["code"]) == (503, "replica_failed")
    assert "exit code 9" in refused.json()["message"]
    assert int(refused.headers["retry-after"]) >= 1
    assert progressing["Progressing"]["reason"] == "ReplicaFailure"


@pytest.mark.parametrize("waiting", ["running", "waking"])
def test_a_client_that_goes_away_cancels_its_request(api, eventually, waiting):
    """Whether it waits for a replica or for the answer: it is no longer pending."""
    template = """
import asyncio, pathlib, os, time

class Cancelled:
    def __init__(self):
        time.sleep(0.3)
    async def predict(self):
        print("begun")
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            print("cancelled")
            raise
"""
    endpoint = api.deployed(template, "Cancelled", replicaScalingConfig=QUICK)
    if waiting == "waking":
        eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    with pytest.raises(httpx.ReadTimeout):
        api.http.post(endpoint.url(), timeout=0.1 if waiting == "waking" else 0.3)

    # With the request pending it would stay.
    assert eventually(endpoint.status, lambda status: status == "scaled_to_zero")


def test_requests_in_flight_are_answered_when_the_endpoint_is_deleted(api, eventually):
    """Deleting lets the answers that have begun end."""
    endpoint = api.deployed(SLOW, "Slow")
    answers = []
    url = endpoint.url()
    request = threading.Thread(
        target=lambda: answers.append(api.http.post(url, params={"seconds": 0.6}))
    )
    request.start()
    time.sleep(0.2)

    deleted = api.call("DELETE", endpoint.path)
    request.join()

    assert deleted.status_code == 204
    assert answers[0].status_code == 200


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

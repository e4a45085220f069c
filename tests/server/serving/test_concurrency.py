"""A template may declare how many requests each of its replicas has at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

COUNTING = """
import asyncio, pathlib, os

class Counting:
    concurrency = 2

    def __init__(self):
        self.now = 0

    async def predict(self, gate: str = "", number: int = 0):
        self.now += 1
        print("begun", number, flush=True)
        seen = self.now
        try:
            while gate and not pathlib.Path(gate).exists():
                await asyncio.sleep(0.01)
            await asyncio.sleep(0)
            return {"seen": seen, "pid": os.getpid()}
        finally:
            self.now -= 1
"""
ONE = {"min": 1, "max": 1, "scaledownPeriod": 60}


@pytest.fixture
def counting(api):
    return api.deployed(COUNTING, "Counting", replicaScalingConfig=ONE)


def test_no_replica_has_more_requests_than_it_declares(counting):
    """The others wait for their turn, and all are answered."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: counting.predict(), range(200)))

    assert {answer.status_code for answer in answers} == {200}
    assert max(answer.json()["seen"] for answer in answers) <= 2


def test_who_waits_is_served_in_turn_and_who_leaves_takes_no_place(
    counting, shared_folder, eventually
):
    """A place that becomes free goes to the one who has waited longest."""
    gate = {"gate": str(shared_folder / "gate")}
    begun = lambda: [one for one in counting.messages("runtime") if one.startswith("begun")]  # noqa: E731

    with ThreadPoolExecutor(8) as pool:
        for number in (1, 2):
            pool.submit(counting.predict, params={**gate, "number": number})
        eventually(lambda: len(begun()) == 2)
        with pytest.raises(httpx.ReadTimeout):
            counting.predict(params={"number": 3}, timeout=0.5)
        later = pool.submit(counting.predict, params={"number": 4})
        (shared_folder / "gate").touch()

        assert later.result(timeout=30).status_code == 200
    assert sorted(begun()) == ["begun 1", "begun 2", "begun 4"]
    assert counting.predict().status_code == 200


def test_a_health_check_takes_no_place(counting, shared_folder, eventually):
    """It is answered however busy the replica is."""
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2):
            pool.submit(counting.predict, params={"gate": str(shared_folder / "gate")})
        eventually(lambda: counting.messages("runtime").count("begun 0") == 2)

        checked = httpx.get(counting.url("healthcheck"), timeout=10, trust_env=False)
        (shared_folder / "gate").touch()

    assert checked.status_code == 200


def test_those_who_wait_are_served_by_the_replica_that_follows(counting, shared_folder, eventually):
    """No place is lost with a replica that dies or is replaced."""
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            pool.submit(counting.predict, params={"gate": str(shared_folder / "gate")})
        eventually(lambda: counting.messages("runtime").count("begun 0") == 2)
        waiting = [pool.submit(counting.predict) for _ in range(3)]
        counting.deploy_and_wait()
        (shared_folder / "gate").touch()

        answers = [one.result(timeout=30) for one in waiting]

    assert [answer.status_code for answer in answers] == [200, 200, 200]


@pytest.mark.parametrize("written", ["0", "'4'", "True", "2.5"])
def test_what_is_no_number_of_requests_is_refused(api, written):
    """It is read before the file runs."""
    endpoint = api.failed(COUNTING.replace("= 2", f"= {written}", 1), "Counting")

    assert any("concurrency must be" in message for message in endpoint.messages("dep"))

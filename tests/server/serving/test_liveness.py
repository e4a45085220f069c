"""Replicas that run and are of no use are replaced."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

WEDGED = """
import os, threading

class Wedged:
    liveness_timeout = 1.5

    async def predict(self, wedge: bool = False):
        if wedge:
            threading.Event().wait()
        return os.getpid()
"""

COMPUTING = """
import os, time

class Computing:
    liveness_timeout = 4

    async def predict(self, seconds: float = 0):
        time.sleep(seconds)
        return os.getpid()
"""

SAYS = """
import numpy, os

class Says:
    liveness_timeout = 1.5
    is_broken = False

    def predict(self, broken: bool = False):
        self.is_broken = self.is_broken or broken
        return os.getpid()

    def healthy(self):
        return {said}

    async def later(self):
        return not self.is_broken
"""


def test_a_wedged_replica_is_replaced(api, eventually):
    """Its event loop answers nothing for longer than its template declares."""
    endpoint = api.deployed(WEDGED, "Wedged")
    before = endpoint.predict().json()

    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(endpoint.predict, params={"wedge": True}).result(timeout=60)
    after = endpoint.predict()

    assert (lost.status_code, lost.json()["code"]) == (502, "replica_lost")
    assert "no health check for 1.5 s" in lost.json()["message"]
    assert after.json() != before
    told = eventually(lambda: [one for one in endpoint.messages("event") if "was ended" in one])
    assert "no health check for 1.5 s" in told[0]
    assert not any("by itself" in one for one in endpoint.messages("event"))


def test_one_that_computes_on_its_event_loop_is_not(api):
    """A template may need that time, and can say how much."""
    endpoint = api.deployed(COMPUTING, "Computing")
    before = endpoint.predict().json()

    assert endpoint.predict(params={"seconds": 2.5}).json() == before
    assert endpoint.predict().json() == before


@pytest.mark.parametrize("said", [
    "not self.is_broken", "numpy.bool_(not self.is_broken)", "self.later()",
])  # fmt: skip
def test_a_template_can_say_itself_that_it_is_broken(api, eventually, said):
    """With ``healthy``, which the health check of the endpoint tells, too."""
    endpoint = api.deployed(SAYS.replace("{said}", said), "Says")
    before = endpoint.predict().json()

    endpoint.predict(params={"broken": True})

    assert eventually(lambda: endpoint.predict().json(), lambda pid: pid != before)
    told = eventually(lambda: [one for one in endpoint.messages("event") if "was ended" in one])
    assert "'healthy'" in told[0]


@pytest.mark.parametrize("written", ["0", "'soon'", "True", "1e9"])
def test_a_timeout_that_is_none_is_refused(api, written):
    """Before anything of the template runs."""
    endpoint = api.failed(WEDGED.replace("= 1.5", f"= {written}"), "Wedged")

    assert any("liveness_timeout" in message for message in endpoint.messages("dep"))

"""An engine is what the table says it is: nothing else of the server knows any."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from outpost_server.engines import ENGINE_HOMES
from outpost_server.rules.settings import ServerSettings, SettingsError

# It answers when its gate is open: a file that is there.
GATED = """
import asyncio, os, pathlib

class Gated:
    python_requirements = ["surely-absent"]

    async def predict(self, value):
        while not pathlib.Path(value["gate"]).exists():
            await asyncio.sleep(0.02)
        return {"replica": id(self), "process": os.getpid()}
"""


def test_an_endpoint_is_deployed_answers_and_scales_on_another_engine(
    loopback, connect, eventually, tmp_path
):
    """As many replicas as the requests need, and none when they are over."""
    gate = tmp_path / "gate"
    scaling = {"min": 0, "max": 3, "targetPendingRequests": 1, "scaledownPeriod": 1}
    endpoint = connect(loopback).deployed(GATED, "Gated", replicaScalingConfig=scaling)

    with ThreadPoolExecutor(3) as callers:
        answers = [callers.submit(endpoint.predict, json={"gate": str(gate)}) for _ in range(3)]
        eventually(lambda: endpoint.get("/replica-status")["readyReplicas"], lambda n: n == 3)
        gate.touch()
        answered = [answer.result().json() for answer in answers]
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    assert {one["process"] for one in answered} == {loopback.pid}
    assert "Nothing is installed for ('surely-absent',)." in endpoint.messages("dep")


def test_an_engine_that_there_is_not_is_refused_with_those_that_there_are(tmp_path):
    """The choices are those of the table."""
    with pytest.raises(
        SettingsError, match=f"engine 'ray' is not known.* {', '.join(ENGINE_HOMES)}"
    ):
        ServerSettings(tmp_path, engine="ray")

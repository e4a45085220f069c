"""An engine is what the table says it is: nothing else of the server knows any."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from outpost_server.engines import ENGINE_HOMES
from outpost_server.keeping.data_folder import DataFolder
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


@pytest.fixture
def outpost(tmp_path):
    """A server whose replicas are objects in its own process."""
    folder = tmp_path / "data"
    command = [sys.executable, str(Path(__file__).with_name("loopback.py")), str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        base_url = process.stdout.readline().strip()
        token = DataFolder(folder).read_token()
        yield SimpleNamespace(base_url=base_url, api_token=token, pid=process.pid)
        process.stdin.close()


def test_an_endpoint_is_deployed_answers_and_scales_on_another_engine(
    outpost, connect, eventually, tmp_path
):
    """As many replicas as the requests need, and none when they are over."""
    gate = tmp_path / "gate"
    scaling = {"min": 0, "max": 3, "targetPendingRequests": 1, "scaledownPeriod": 1}
    endpoint = connect(outpost).deployed(GATED, "Gated", replicaScalingConfig=scaling)

    with ThreadPoolExecutor(3) as callers:
        answers = [callers.submit(endpoint.predict, json={"gate": str(gate)}) for _ in range(3)]
        eventually(lambda: endpoint.get("/replica-status")["readyReplicas"], lambda n: n == 3)
        gate.touch()
        answered = [answer.result().json() for answer in answers]
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    assert {one["process"] for one in answered} == {outpost.pid}
    assert "Nothing is installed for ('surely-absent',)." in endpoint.messages("dep")


def test_an_engine_that_there_is_not_is_refused_with_those_that_there_are(tmp_path):
    """The choices are those of the table."""
    with pytest.raises(
        SettingsError, match=f"engine 'ray' is not known.* {', '.join(ENGINE_HOMES)}"
    ):
        ServerSettings(tmp_path, engine="ray")

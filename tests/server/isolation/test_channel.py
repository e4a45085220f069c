"""What a replica tells the server of itself is believed of itself alone."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

LIAR = """
import os, socket, stat

class Liar:
    def predict(self, said: str):
        # Every socket that this process has: one of them leads to the server.
        for fd in map(int, os.listdir("/proc/self/fd")):
            try:
                if stat.S_ISSOCK(os.fstat(fd).st_mode):
                    os.write(fd, said.encode() + b"\\\\n")
            except OSError:
                continue
        return "said"
"""
LED_AWAY = """
import os

class LedAway:
    def __init__(self):
        folder = os.getcwd()
        for path in ("http.sock", f"{folder}.sock", f"{folder}/../other.sock"):
            try:
                os.symlink(os.environ["TARGET"], path)
            except OSError as error:
                print(type(error).__name__, flush=True)

    def predict(self):
        return "mine"
"""


@pytest.fixture
def stranger():
    """A process that has nothing to do with the server."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_no_process_is_ended_because_a_replica_claims_it(api, stranger):
    """Neither when the replica is stopped nor when it ends."""
    endpoint = api.deployed(LIAR, "Liar")
    said = json.dumps({"event": "started", "pid": stranger.pid})

    endpoint.predict(params={"said": said})
    endpoint.deploy_and_wait()
    endpoint.predict(params={"said": said})
    api.call("DELETE", endpoint.path)

    assert stranger.poll() is None


@pytest.mark.parametrize(
    "said", ["[]", "{}", "null", "7", "{", '{"event": "failed", "reason": 7}', "[" * 3000]
)
def test_nonsense_from_a_replica_is_its_own_affair(api, said):
    """It is ended and forgotten as any other."""
    endpoint = api.deployed(LIAR, "Liar")

    endpoint.predict(params={"said": said})

    assert api.call("DELETE", endpoint.path).status_code == 204
    assert api.call("GET", endpoint.path).status_code == 404


def test_no_link_leads_the_server_elsewhere(api, shared_folder):
    """Where it connects to is no path that a replica can write."""
    target = shared_folder / "target.sock"
    secrets = [{"name": "TARGET", "value": str(target)}]

    endpoint = api.deployed(LED_AWAY, "LedAway", secrets=secrets)

    assert endpoint.predict().json() == "mine"
    assert endpoint.messages("runtime") == ["PermissionError"] * 2

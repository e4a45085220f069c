"""What was acknowledged is there after a restart, also after a crash."""

from __future__ import annotations

import os
import signal
import sqlite3

from outpost_server import LocalOutpost

PID = """
import os

class Pid:
    def predict(self):
        return os.getpid()
"""


def test_endpoints_deployments_logs_and_token_survive_a_restart(connect, lasting_folder):
    """The same folder gives the same Outpost; a sleeping endpoint wakes with its next request."""
    with LocalOutpost(data_folder=lasting_folder, entity="aj-ya") as outpost:
        api = connect(outpost)
        api.entity = "aj-ya"
        endpoint = api.deployed(PID, "Pid", name="kept", secrets=[{"name": "A", "value": "b"}])
        before = endpoint.get()
        lines = endpoint.logs("dep")
        first = outpost.env

    with LocalOutpost(data_folder=lasting_folder, entity="aj-ya") as outpost:
        after = endpoint.get()
        status = endpoint.status()
        again = endpoint.logs("dep")
        answer = endpoint.predict()

        assert outpost.env == first
        assert status == "scaled_to_zero"
        assert after == {**before, "status": "scaled_to_zero"}
        assert again == lines
        assert answer.status_code == 200


def test_a_crash_loses_nothing_that_was_acknowledged(connect, eventually, lasting_folder):
    """kill -9 within a deployment: endpoint and deployment are there, and it is finished."""
    outpost = LocalOutpost(data_folder=lasting_folder).start()
    endpoint = connect(outpost).endpoint(PID, "Pid", name="crashed")
    deployment = endpoint.deploy()
    os.kill(outpost.pid, signal.SIGKILL)
    outpost.stop()

    with LocalOutpost(data_folder=lasting_folder):
        concluded = eventually(
            lambda: endpoint.deployment(deployment), lambda one: one["concludedAt"] is not None
        )

        assert concluded["status"] == "healthy"
        assert endpoint.predict().status_code == 200
    with sqlite3.connect(lasting_folder / "outpost.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_an_endpoint_with_a_minimum_runs_again_by_itself(connect, eventually, lasting_folder):
    """The desired state holds from the start on, without a request."""
    with LocalOutpost(data_folder=lasting_folder) as outpost:
        endpoint = connect(outpost).deployed(
            PID, "Pid", replicaScalingConfig={"min": 1, "scaledownPeriod": 1}
        )

    with LocalOutpost(data_folder=lasting_folder):
        assert eventually(endpoint.status, lambda status: status == "healthy")


def test_a_failed_deployment_is_still_failed_after_a_restart(connect, lasting_folder):
    """Status is not forgotten."""
    with LocalOutpost(data_folder=lasting_folder) as outpost:
        endpoint = connect(outpost).endpoint("raise ValueError('no')", "Pid")
        endpoint.deploy_and_wait()

    with LocalOutpost(data_folder=lasting_folder):
        assert endpoint.status() == "failed"


def test_strays_of_a_crashed_server_are_ended_and_strangers_are_not(connect, lasting_folder):
    """A recorded process is recognised by its id and the time it started."""
    import subprocess
    import sys

    from outpost_server.keeping.process_identity import ProcessIdentity

    with LocalOutpost(data_folder=lasting_folder):
        pass
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    with (
        subprocess.Popen(sleep, start_new_session=True) as stray,
        subprocess.Popen(sleep, start_new_session=True) as stranger,
    ):
        identity = ProcessIdentity.of(stray.pid)
        assert identity is not None
        with sqlite3.connect(lasting_folder / "outpost.db") as connection:
            rows = [("a", stray.pid, identity.started), ("b", stranger.pid, "another time")]
            connection.executemany("INSERT INTO workers VALUES (?, ?, ?)", rows)
        connection.close()

        with LocalOutpost(data_folder=lasting_folder):
            stray_ended = stray.wait(60)
            stranger_ended = stranger.poll()
        stranger.kill()

    assert stray_ended == -signal.SIGKILL
    assert stranger_ended is None


def test_another_entity_is_another_name_of_the_same_user(connect, lasting_folder):
    """Endpoints and token stay; the paths have the new name."""
    with LocalOutpost(data_folder=lasting_folder, entity="before") as outpost:
        api = connect(outpost)
        api.entity = "before"
        api.endpoint(name="moved")
        token = outpost.api_token

    with LocalOutpost(data_folder=lasting_folder, entity="after") as outpost:
        names = [one["fullName"] for one in api.get("/endpoints/after")["endpoints"]]

        assert outpost.api_token == token
        assert names == ["after/moved"]
        assert api.call("GET", "/endpoints/before").status_code == 404


def test_removing_the_token_file_gives_a_new_token(connect, lasting_folder):
    """The old token is not valid after it."""
    with LocalOutpost(data_folder=lasting_folder) as outpost:
        old = connect(outpost)
    (lasting_folder / "token").unlink()

    with LocalOutpost(data_folder=lasting_folder) as outpost:
        refused = old.call("GET", "/user")

        assert outpost.api_token != old.token
        assert refused.status_code == 401

"""Kill a local Outpost again and again while it is used, and see what is left.

    python -m tests.benchmarks.chaos --kills 100 --minutes 5 --seed 1

While several clients create endpoints, deploy them and ask for predictions, the server is killed
with SIGKILL at random moments and started again on the same folder. Afterwards every create,
secret and deployment that was acknowledged has to be there, the store has to be intact, and no
process of an earlier server may be alive. It ends with code 1 when something is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from outpost_server.keeping.process_identity import ProcessIdentity
from outpostkit.local import LocalOutpost
from tests.process_tree import descendants

TEMPLATE = """
import os, subprocess, sys

class Chaotic:
    def __init__(self):
        sleep = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
        self.child = subprocess.Popen(sleep, start_new_session=True)

    def predict(self):
        return os.environ["SECRET"]
"""
CLIENTS = 4
# Waiting for what has to happen ends then.
PATIENCE_S = 60.0
# What is removed by rule would look as if it were lost.
SETTINGS: dict[str, Any] = {"queue_timeout_s": PATIENCE_S, "keep_deployments": 100_000}


@dataclass
class Acknowledged:
    """What the server has said that it has done."""

    secrets: dict[str, str] = field(default_factory=dict)
    deployments: dict[str, set[str]] = field(default_factory=dict)
    predictions: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client(threading.Thread):
    """Uses whatever server runs; a call that breaks off acknowledges nothing."""

    def __init__(
        self, number: int, seed: int, most: int, facts: Acknowledged, server: Server
    ) -> None:
        super().__init__(daemon=True)
        self._number = number
        self._random = random.Random(f"{seed}-{number}")
        self._most = most
        self._facts = facts
        self._server = server
        self._made = 0
        self.problems: list[str] = []

    def run(self) -> None:
        while not self._server.is_over:
            try:
                with self._server.client() as http:
                    while not self._server.is_over:
                        self._act(http)
            except httpx.HTTPError:
                time.sleep(0.02)
            except Exception as error:
                self.problems.append(f"{type(error).__name__}: {error}")
                return

    def _act(self, http: httpx.Client) -> None:
        with self._facts.lock:
            names = sorted(self._facts.secrets)
        choice = self._random.random()
        if not names or (choice < 0.3 and len(names) < self._most):
            self._made += 1
            name, value = f"chaos-{self._number}-{self._made}", f"value-{self._random.random()}"
            if create(http, name, value).status_code == 201:
                with self._facts.lock:
                    self._facts.secrets[name] = value
        elif choice < 0.6:
            name = self._random.choice(names)
            answer = http.post(f"/endpoints/local/{name}/deployments", json={"wakeup": False})
            if answer.status_code == 201:
                with self._facts.lock:
                    self._facts.deployments.setdefault(name, set()).add(answer.json()["id"])
        else:
            name = self._random.choice(names)
            answer = predict(http, name)
            if answer.status_code == 200:
                self._facts.predictions += 1
                if answer.json() != self._facts.secrets[name]:
                    self.problems.append(f"{name} answered with another endpoint's secret")


class Server:
    """The server of the moment, and the address and the token that all of them have."""

    def __init__(self, folder: Path, answer_within_s: float) -> None:
        self.folder = folder
        self.outpost = LocalOutpost(data_folder=folder, **SETTINGS).start()
        self._answer_within_s = answer_within_s
        self.is_over = False
        self._base_url, self._token = self.outpost.base_url, self.outpost.api_token

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self._base_url,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=2 * PATIENCE_S,
            trust_env=False,
        )

    def kill(self) -> list[str]:
        """Kill the server; return what is wrong afterwards."""
        family = [ProcessIdentity.of(pid) for pid in descendants(self.outpost.pid)]
        os.kill(self.outpost.pid, signal.SIGKILL)
        self.outpost.stop()
        give_up_at = time.monotonic() + PATIENCE_S
        alive = [one for one in family if one is not None]
        while alive and time.monotonic() < give_up_at:
            time.sleep(0.01)
            alive = [one for one in alive if one.is_alive()]
        problems = [f"process {one.pid} outlived its server" for one in alive]
        if is_listening(self._base_url):
            problems.append("somebody kept the port")
        return problems

    def start_again(self, known: str | None) -> tuple[list[str], float]:
        """Start the server; return what is wrong and how long an endpoint took to answer."""
        self.outpost = LocalOutpost(data_folder=self.folder, **SETTINGS).start()
        began_at = time.monotonic()
        if known is None:
            return [], 0.0
        with self.client() as http:
            answer = predict(http, known)
        took_s = time.monotonic() - began_at
        if answer.status_code != 200 or took_s > self._answer_within_s:
            return [f"{known} answered {answer.status_code} after {took_s:.1f} s"], took_s
        return [], took_s


def create(http: httpx.Client, name: str, secret: str) -> httpx.Response:
    metadata = {
        "name": name,
        "customTemplateConfig": {"className": "Chaotic"},
        "replicaScalingConfig": {"scaledownPeriod": 1},
        "secrets": [{"name": "SECRET", "value": secret}],
    }
    return http.post(
        "/endpoints/local",
        data={"metadata": json.dumps(metadata)},
        files={"template": ("template.py", TEMPLATE, "text/x-python")},
    )


def predict(http: httpx.Client, name: str) -> httpx.Response:
    found = http.get(f"/endpoints/local/{name}")
    if found.status_code != 200:
        return found
    resource = found.json()
    return http.post(f"http://{resource['primaryDomain']['name']}{resource['predictionPath']}")


def is_listening(base_url: str) -> bool:
    address = httpx.URL(base_url)
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port or 80)) == 0


def verify(server: Server, facts: Acknowledged) -> list[str]:
    """Return what was acknowledged and is not so."""
    problems = []
    with server.client() as http:
        for name, secret in sorted(facts.secrets.items()):
            if http.get(f"/endpoints/local/{name}").status_code != 200:
                problems.append(f"endpoint {name} is lost")
                continue
            listed = http.get(f"/endpoints/local/{name}/deployments", params={"l": 1000}).json()
            missing = facts.deployments.get(name, set()) - {
                one["id"] for one in listed["deployments"]
            }
            problems += [f"deployment {one} of {name} is lost" for one in missing]
            problems += _check_secret(http, name, secret)
    return problems


def _check_secret(http: httpx.Client, name: str, secret: str) -> list[str]:
    http.post(f"/endpoints/local/{name}/deployments", json={"wakeup": True}).raise_for_status()
    give_up_at = time.monotonic() + PATIENCE_S
    answer = predict(http, name)
    while answer.status_code != 200 and time.monotonic() < give_up_at:
        time.sleep(0.05)
        answer = predict(http, name)
    if answer.status_code != 200:
        return [f"{name} does not answer any more: {answer.text}"]
    return [] if answer.json() == secret else [f"the secret of {name} is another"]


def run(
    *, kills: int, minutes: float, seed: int, endpoints: int, answer_within: float
) -> dict[str, Any]:
    """Return figures and problems of one run."""
    chance = random.Random(seed)
    facts = Acknowledged()
    problems: list[str] = []
    restarts: list[float] = []
    with tempfile.TemporaryDirectory(prefix="outpost-chaos-") as folder:
        server = Server(Path(folder), answer_within)
        with server.client() as http:
            # One that is always there, to be asked after every restart.
            assert create(http, "known", "known").status_code == 201
            facts.secrets["known"] = "known"
            problems += _check_secret(http, "known", "known")
        clients = [Client(number, seed, endpoints, facts, server) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for _ in range(kills):
            time.sleep(chance.uniform(0, 2 * 60 * minutes / kills))
            problems += server.kill()
            found, took_s = server.start_again("known")
            problems += found
            restarts.append(took_s)
        server.is_over = True
        for client in clients:
            client.join(3 * PATIENCE_S)
            problems += client.problems
        problems += verify(server, facts)
        family = [ProcessIdentity.of(pid) for pid in descendants(server.outpost.pid)]
        server.outpost.stop()
        problems += [f"{one} is left" for one in family if one is not None and one.is_alive()]
        connection = sqlite3.connect(Path(folder) / "outpost.db")
        integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.close()
        if integrity != "ok":
            problems.append(f"the store is damaged: {integrity}")
    return {
        "kills": kills,
        "endpoints": len(facts.secrets),
        "deployments": sum(map(len, facts.deployments.values())),
        "predictions": facts.predictions,
        "slowest_answer_after_restart_s": round(max(restarts), 2),
        "problems": problems,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--endpoints", type=int, default=40, help="the most that are created")
    parser.add_argument(
        "--answer-within", type=float, default=5, help="seconds after a restart, at most"
    )
    outcome = run(**vars(parser.parse_args()))
    print(json.dumps(outcome, indent=2))
    return 1 if outcome["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())

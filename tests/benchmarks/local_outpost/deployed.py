"""A deployed endpoint of a local Outpost, and what its processes look like from outside."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from outpost_server.commands.top import Figures, parse
from outpostkit.local import LocalOutpost


class Address(Protocol):
    """Where a server is, and the token of its user."""

    @property
    def base_url(self) -> str: ...

    @property
    def api_token(self) -> str: ...


def connect(outpost: Address) -> httpx.Client:
    """Return a client of the API."""
    return httpx.Client(
        base_url=outpost.base_url,
        headers={"Authorization": f"Bearer {outpost.api_token}"},
        timeout=60,
        trust_env=False,
    )


@dataclass(frozen=True)
class Deployed:
    """One endpoint that has been healthy."""

    http: httpx.Client
    name: str
    url: str

    def status(self) -> str:
        return str(self.http.get(f"/endpoints/local/{self.name}/status").json()["status"])

    def wait(self, status: str, timeout_s: float = 60) -> None:
        wait_until(lambda: self.status() == status, f"{self.name} is not {status}", timeout_s)

    @property
    def path(self) -> str:
        """The path of predictions below the server's address."""
        return httpx.URL(self.url).path


def deploy(
    http: httpx.Client,
    name: str,
    template: str,
    *,
    scaling: dict[str, int] | None = None,
    secrets: dict[str, str] | None = None,
) -> Deployed:
    """Create an endpoint from the template class ``Bench``, deploy it, wait until it is healthy."""
    metadata = {
        "name": name,
        "customTemplateConfig": {"className": "Bench"},
        "replicaScalingConfig": scaling or {"min": 1, "max": 1},
        "secrets": [{"name": key, "value": value} for key, value in (secrets or {}).items()],
    }
    http.post(
        "/endpoints/local",
        data={"metadata": json.dumps(metadata)},
        files={"template": template.encode()},
    ).raise_for_status()
    path = f"/endpoints/local/{name}"
    http.post(f"{path}/deployments").raise_for_status()
    resource = http.get(path).raise_for_status().json()
    domain = resource["primaryDomain"]
    deployed = Deployed(
        http, name, f"{domain['protocol']}://{domain['name']}{resource['predictionPath']}"
    )
    deployed.wait("healthy")
    return deployed


def wait_until(holds: Callable[[], bool], otherwise: str, timeout_s: float = 60) -> float:
    """Return how many seconds it took until ``holds``."""
    began_at = time.monotonic()
    while not holds():
        assert time.monotonic() - began_at < timeout_s, otherwise
        time.sleep(0.02)
    return time.monotonic() - began_at


def figures(http: httpx.Client) -> dict[str, Figures]:
    """Return what ``/metrics`` says about every endpoint, by its full name."""
    return parse(http.get(http.base_url.join("/metrics")).raise_for_status().text)


def status_kib(pid: int, field: str) -> int:
    """Return a field of ``/proc/<pid>/status`` in KiB: ``VmRSS``, or ``VmHWM`` for the most."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise LookupError(field)


def forget_most_memory(pid: int) -> None:
    """Begin anew to note the most memory that a process has had."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def replicas(outpost: LocalOutpost) -> dict[int, str]:
    """Return the ids of running replicas by the process ids of their workers."""
    run = outpost.data_folder / "run"
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            folder = (process / "cwd").readlink()
            name = (process / "comm").read_text().strip()
        except OSError:
            continue
        if folder.parent == run and name == "outpost-replica":
            found[int(process.name)] = folder.name
    return found


@dataclass(frozen=True)
class Bar:
    """One figure and whether it is as it should be."""

    name: str
    value: str
    bar: str
    holds: bool

    def __str__(self) -> str:
        return f"{'ok  ' if self.holds else 'FAIL'}  {self.name:<46} {self.value:>14}  ({self.bar})"


def show(title: str, bars: list[Bar], facts: dict[str, Any]) -> bool:
    """Print what a part found and return whether every bar holds."""
    print(f"\n{title}")
    for bar in bars:
        print(f"  {bar}")
    for name, value in facts.items():
        print(f"        {name:<46} {value!s:>14}")
    return all(bar.holds for bar in bars)

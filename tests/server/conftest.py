"""A running local Outpost, and a client whose every answer is compared with the document."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import SystemRandom
from types import ModuleType
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local
from outpost_server.keeping.data_folder import DataFolder
from outpost_server.rules.settings import DEFAULT_HOST


def _load(name: str) -> ModuleType:
    """Load a module of this folder, which is on no import path."""
    spec = importlib.util.spec_from_file_location(
        f"server_tests_{name}", Path(__file__).with_name(f"{name}.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


contract_module = _load("contract")

ECHO = """
class Echo:
    def predict(self, value: dict) -> dict:
        return {"echo": value}
"""

_numbers = count(1)


@dataclass
class Api:
    """Calls one server as one user. Every answer has to agree with the document."""

    base_url: str
    token: str
    contract: Any
    entity: str = "local"
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            headers={"Authorization": f"Bearer {self.token}"}, timeout=120, trust_env=False
        )

    @property
    def origin(self) -> str:
        return self.base_url.removesuffix("/v1")

    def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        response = self.http.request(method, self.base_url + path, **request)
        return self.contract.check(response)

    def get(self, path: str, **query: Any) -> Any:
        response = self.call("GET", path, params=query)
        assert response.status_code == 200, response.text
        return response.json()

    def create(
        self,
        template: str | bytes = ECHO,
        class_name: str = "Echo",
        *,
        headers: dict[str, str] | None = None,
        file_name: str = "template.py",
        **metadata: Any,
    ) -> httpx.Response:
        """Create an endpoint from a template file."""
        metadata = {
            "name": f"endpoint-{next(_numbers)}",
            "hardwareInstance": "cpu-sm",
            "customTemplateConfig": {"className": class_name},
            "replicaScalingConfig": {"scaledownPeriod": 60},
            **metadata,
        }
        return self.call(
            "POST",
            f"/endpoints/{self.entity}",
            data={"metadata": json.dumps(metadata)},
            files={"template": (file_name, template, "text/x-python")},
            headers=headers or {},
        )

    def endpoint(self, *args: Any, **metadata: Any) -> Endpoint:
        response = self.create(*args, **metadata)
        assert response.status_code == 201, response.text
        return Endpoint(self, response.json()["name"])

    def named(self, name: str) -> Endpoint:
        return Endpoint(self, name)

    def deployed(self, *args: Any, **metadata: Any) -> Endpoint:
        """Create an endpoint, deploy it, and wait until it serves."""
        endpoint = self.endpoint(*args, **metadata)
        assert endpoint.deploy_and_wait()["status"] == "healthy", endpoint.messages("dep")
        return endpoint

    def failed(self, *args: Any, **metadata: Any) -> Endpoint:
        """Create an endpoint, deploy it, and wait until that has failed."""
        endpoint = self.endpoint(*args, **metadata)
        assert endpoint.deploy_and_wait()["status"] == "failed", endpoint.messages("dep")
        return endpoint


@dataclass
class Endpoint:
    """One endpoint of a server."""

    api: Api
    name: str

    @property
    def path(self) -> str:
        return f"/endpoints/{self.api.entity}/{self.name}"

    def get(self, rest: str = "", **query: Any) -> Any:
        return self.api.get(self.path + rest, **query)

    def status(self) -> str:
        return self.get("/status")["status"]

    def deploy(self, **body: Any) -> str:
        response = self.api.call("POST", self.path + "/deployments", json=body)
        assert response.status_code == 201, response.text
        return response.json()["id"]

    def deployment(self, deployment_id: str) -> dict[str, Any]:
        found = self.get("/deployments")["deployments"]
        return next(one for one in found if one["id"] == deployment_id)

    def deploy_and_wait(self, **body: Any) -> dict[str, Any]:
        """Deploy, and return the deployment when it has concluded."""
        deployment_id = self.deploy(**body)
        return eventually(
            lambda: self.deployment(deployment_id), lambda one: one["concludedAt"] is not None
        )

    def url(self, kind: str = "prediction") -> str:
        resource = self.get()
        domain = resource["primaryDomain"]
        return f"{domain['protocol']}://{domain['name']}{resource[kind + 'Path']}"

    def predict(self, **request: Any) -> httpx.Response:
        return self.api.contract.check(self.api.http.post(self.url(), **request))

    def logs(self, log_type: str, **query: Any) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self.get("/logs", logType=log_type, **query)
        return lines

    def messages(self, log_type: str) -> list[str]:
        return [line["data"]["message"] for line in self.logs(log_type)]


def eventually(
    look: Callable[[], Any], is_right: Callable[[Any], bool] = bool, timeout_s: float = 60
) -> Any:
    """Return what is seen as soon as it is right. Only what will never be right takes the time."""
    give_up_at = time.monotonic() + timeout_s
    while not is_right(seen := look()):
        assert time.monotonic() < give_up_at, f"after {timeout_s} s still {seen!r}"
        time.sleep(0.03)
    return seen


@pytest.fixture(scope="session")
def contract() -> Any:
    return contract_module.Contract()


@pytest.fixture(scope="session")
def outpost() -> Iterator[LocalOutpost]:
    """One server for the tests that share it, with a short queue."""
    with LocalOutpost(start_timeout_s=60, queue_timeout_s=60, queue_limit=20) as outpost:
        yield outpost


@pytest.fixture(scope="session")
def api(outpost: LocalOutpost, contract: Any) -> Iterator[Api]:
    api = Api(outpost.base_url, outpost.api_token, contract)
    yield api
    api.http.close()


@pytest.fixture(scope="session")
def connect(contract: Any) -> Iterator[Callable[..., Api]]:
    """Return a client of another server."""
    with ExitStack() as clients:

        def connect(outpost: LocalOutpost, *, token: str = "", entity: str = "local") -> Api:
            api = Api(outpost.base_url, token or outpost.api_token, contract, entity)
            clients.callback(api.http.close)
            return api

        yield connect


@pytest.fixture(scope="session")
def sign_up(outpost: LocalOutpost, contract: Any) -> Iterator[Callable[..., Api]]:
    """Add a user to the shared server and return a client of that user."""
    with ExitStack() as clients:

        def sign_up(name: str, *options: str) -> Api:
            token = local_command(outpost, "user", "add", name, *options).stdout.strip()
            api = Api(outpost.base_url, token, contract, entity=name)
            clients.callback(api.http.close)
            return api

        yield sign_up


def local_command(outpost: LocalOutpost, *arguments: str, **options: Any) -> Any:
    """Run ``outpostkit local`` on the data folder of a running server."""
    command = [*arguments, "--data", str(outpost.data_folder)]
    result = CliRunner().invoke(local, command, **options)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="session")
def command(outpost: LocalOutpost) -> Callable[..., Any]:
    """Run ``outpostkit local`` beside the shared server."""
    return lambda *arguments, **options: local_command(outpost, *arguments, **options)


def processor_s(outpost: LocalOutpost) -> float:
    """Return how many seconds of processor time a server has used: a busy machine adds none."""
    fields = Path(f"/proc/{outpost.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="session", name="processor_s")
def processor_s_fixture() -> Callable[[LocalOutpost], float]:
    return processor_s


def contents(folder: Path) -> dict[Path, bytes]:
    """Return every file below a folder, without what a replica removes meanwhile."""
    found = {}
    for parent, _, names in os.walk(folder):
        for path in (Path(parent, name) for name in names):
            with suppress(FileNotFoundError):
                if stat.S_ISREG(path.stat().st_mode):
                    found[path] = path.read_bytes()
    return found


@pytest.fixture(scope="session", name="contents")
def contents_fixture() -> Callable[[Path], dict[Path, bytes]]:
    return contents


@pytest.fixture
def lasting_folder(tmp_path: Path) -> Path:
    """Return a data folder whose server comes back at its address, whatever else has begun.

    Its port is one that the system gives to nobody who asks for any.
    """
    first_given = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = SystemRandom().randrange(max(1024, first_given - 10_000), max(2048, first_given))
        with socket.socket() as probe:
            if probe.connect_ex((DEFAULT_HOST, port)) != 0:
                break
    folder = DataFolder(tmp_path)
    folder.prepare()
    folder.write_port(port)
    return tmp_path


@pytest.fixture(scope="session", name="eventually")
def eventually_fixture() -> Callable[..., Any]:
    return eventually


@pytest.fixture(scope="session")
def echo(api: Api) -> Endpoint:
    """A deployed endpoint that answers with what it is sent."""
    return api.deployed(name="echo")

"""Containers: an environment each, and replicas that are forked with its libraries imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.process_identity import ProcessIdentity
from tests.process_tree import descendants

# Whose process has imported the package, and what that process saw.
TINY = "import os\nIMPORTED_BY = os.getpid()\nSEEN = os.environ.get('HF_ENDPOINT')\n"
TEMPLATE = """
import os, tiny_package

NAMES = ("TQDM_DISABLE", "HF_TOKEN", "CUDA_VISIBLE_DEVICES", "OPENBLAS_NUM_THREADS")

class Tiny:
    container = "tiny"

    def predict(self):
        return {
            "replica": os.getpid(),
            "parents": [os.getppid()],
            "importer": tiny_package.IMPORTED_BY,
            "version": tiny_package.VERSION,
            "seen": tiny_package.SEEN,
            "environment": {name: os.environ.get(name) for name in NAMES},
        }
"""
PLAIN = """
class Plain:
    container = {container!r}

    def predict(self):
        return 1
"""


@pytest.fixture(scope="module")
def serve(tmp_path_factory, write_wheel, connect):
    """Start a server with small containers on a folder, any number of times."""
    wheels = tmp_path_factory.mktemp("wheels")
    write_wheel(wheels, "1.0", source=TINY)
    write_wheel(wheels, "2.0", source=TINY)
    write_wheel(wheels, "1.0", name="deadly", source="import os\nos.kill(os.getpid(), 9)\n")
    write_wheel(wheels, "1.0", name="endless", source="import time\ntime.sleep(600)\n")
    started = []

    def serve(folder):
        command = [sys.executable, str(Path(__file__).with_name("tiny_containers.py"))]
        process = subprocess.Popen(
            [*command, str(folder), str(wheels)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        base_url = process.stdout.readline().strip()
        token = DataFolder(folder).read_token()
        api = connect(SimpleNamespace(base_url=base_url, api_token=token))
        return SimpleNamespace(api=api, process=process, pid=process.pid, wheels=wheels)

    yield serve
    for process in started:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


@pytest.fixture(scope="module")
def tiny(serve, tmp_path_factory):
    """A server that the tests share."""
    return serve(tmp_path_factory.mktemp("tiny") / "data")


def test_replicas_are_forked_with_the_libraries_of_their_container_imported(tiny):
    """By one process for all endpoints; the environment is built for the first of them."""
    endpoints = [tiny.api.deployed(TEMPLATE, "Tiny") for _ in range(2)]
    first, second = (endpoint.predict().json() for endpoint in endpoints)

    assert first["importer"] == second["importer"] not in {first["replica"], second["replica"]}
    assert first["environment"] == {
        "TQDM_DISABLE": "1",
        "HF_TOKEN": None,
        "CUDA_VISIBLE_DEVICES": "",
        "OPENBLAS_NUM_THREADS": None,
    }
    assert not any("Building" in line for line in endpoints[1].messages("dep"))


def test_the_container_that_the_endpoint_names_goes_before_that_of_the_template(tiny):
    """The library of the one is not there in the other."""
    endpoint = tiny.api.endpoint(TEMPLATE, "Tiny", prebuiltContainerDetails={"name": "python"})

    assert endpoint.deploy_and_wait()["status"] == "failed"
    assert "No module named 'tiny_package'" in endpoint.messages("dep")[-1]


def test_a_templates_own_requirements_are_laid_on_its_container(tiny):
    """They replace what the container has, in an interpreter of their own."""
    wheel = (tiny.wheels / "tiny_package-2.0-py3-none-any.whl").as_uri()
    own = f'    python_requirements = ["tiny-package @ {wheel}"]\n    container = "tiny"'
    template = TEMPLATE.replace('    container = "tiny"', own)

    answer = tiny.api.deployed(template, "Tiny").predict().json()

    assert answer["version"] == "2.0"
    assert answer["importer"] == answer["replica"]
    assert answer["environment"]["TQDM_DISABLE"] == "1"


@pytest.mark.parametrize(
    ("secret", "is_forked"),
    [("HF_TOKEN", True), ("API_KEY", True), ("HF_ENDPOINT", False), ("PYTHONHASHSEED", False)],
)
def test_a_secret_that_is_read_at_an_import_gets_an_import_of_its_own(tiny, secret, is_forked):
    """In a fork it would come too late."""
    value = "7"
    secrets = [{"name": secret, "value": value}]
    answer = tiny.api.deployed(TEMPLATE, "Tiny", secrets=secrets).predict().json()

    assert (answer["importer"] != answer["replica"]) == is_forked
    assert (answer["seen"] == value) == (secret == "HF_ENDPOINT")
    assert answer["environment"]["HF_TOKEN"] == (value if secret == "HF_TOKEN" else None)


def test_a_container_whose_process_is_killed_starts_another(tiny, eventually):
    """Its replicas end with it; the next request has one that was forked from another."""
    endpoint = tiny.api.deployed(TEMPLATE, "Tiny")
    answer = endpoint.predict().json()
    replica = ProcessIdentity.of(answer["replica"])

    os.kill(answer["importer"], signal.SIGKILL)

    assert eventually(lambda: not replica.is_alive())
    after = eventually(endpoint.predict, lambda found: found.status_code == 200).json()
    assert after["importer"] != answer["importer"]


def test_a_library_that_cannot_be_imported_early_is_missed_by_who_needs_it(tiny):
    """A template that does not is served; one that does has its own traceback."""
    needy = TEMPLATE.replace('"tiny"', '"lacking"').replace("import os", "import os, surely_absent")
    without = tiny.api.deployed(PLAIN.format(container="lacking"), "Plain")
    refused = tiny.api.endpoint(needy, "Tiny")

    assert without.predict().json() == 1
    assert refused.deploy_and_wait()["status"] == "failed"
    said = refused.logs("dep")[-1]["data"]
    assert "No module named 'surely_absent'" in said["message"]
    assert "import os, surely_absent" in said["exc_info"]


def test_a_library_that_ends_its_process_fails_the_deployment_and_nothing_else(tiny):
    """The reason names what is imported, and the server goes on."""
    refused = tiny.api.endpoint(PLAIN.format(container="deadly"), "Plain")

    assert refused.deploy_and_wait()["status"] == "failed"
    said = refused.messages("dep")[-1]
    assert "which imports deadly, ended: killed by SIGKILL" in said
    assert tiny.api.deployed(TEMPLATE, "Tiny").predict().status_code == 200


def test_a_container_that_cannot_be_built_fails_the_deployment(tiny):
    """With the end of what pip printed."""
    refused = tiny.api.endpoint(PLAIN.format(container="impossible"), "Plain")

    assert refused.deploy_and_wait()["status"] == "failed"
    said = refused.logs("dep")[-1]["data"]
    assert said["message"].startswith("The packages of the container impossible could not be")
    assert "absent-1.0-py3-none-any.whl" in said["exc_info"]


@pytest.mark.parametrize("how", ["killed", "ended"])
def test_a_server_that_ends_while_a_library_is_imported_leaves_nothing(
    serve, eventually, tmp_path, how
):
    """However long the import would take."""
    server = serve(tmp_path / "data")
    endpoint = server.api.endpoint(PLAIN.format(container="endless"), "Plain")
    endpoint.deploy()
    eventually(lambda: any("Loading" in line for line in endpoint.messages("dep")))
    everyone = {ProcessIdentity.of(pid) for pid in descendants(server.pid)} - {None}

    if how == "killed":
        server.process.kill()
    else:
        server.process.stdin.close()

    assert len(everyone) >= 2
    assert eventually(lambda: not any(one.is_alive() for one in everyone), timeout_s=8)


def test_a_server_uses_the_environment_of_its_last_run(serve, tmp_path):
    """Nothing is built for a container that has one."""
    first = serve(tmp_path / "data")
    first.api.deployed(TEMPLATE, "Tiny")
    first.process.stdin.close()
    first.process.wait(60)

    endpoint = serve(tmp_path / "data").api.deployed(TEMPLATE, "Tiny")

    assert not any("Building" in line for line in endpoint.messages("dep"))

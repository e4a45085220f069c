"""``python_requirements``: each set of them has a virtual environment of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import anyio
import pytest

from outpost_server import LocalOutpost
from outpost_server.engines.local_sources import source_digests
from outpost_server.engines.process.environments import Environments

TEMPLATE = """
import sys, tiny_package, fastapi

class Tiny:
    python_requirements = ["tiny-package @ {wheel}"]

    def predict(self):
        return {{"version": tiny_package.VERSION, "prefix": sys.prefix}}
"""


@pytest.mark.anyio
async def test_requirements_that_the_server_meets_need_no_environment(tmp_path):
    """Such a template is served by the server's own interpreter, at once."""
    environments = Environments(tmp_path)
    requirements = ("pydantic>=2", "surely-absent; python_version < '3'")

    assert await environments.interpreter(requirements, print) is None
    assert list(tmp_path.iterdir()) == []


def test_two_endpoints_use_different_versions_of_one_package(api, wheel):
    """Each replica imports from its own environment, beside what the server has."""
    endpoints = [
        api.deployed(TEMPLATE.format(wheel=wheel(version)), "Tiny") for version in ("1.0", "2.0")
    ]

    answers = [endpoint.predict().json() for endpoint in endpoints]

    assert [answer["version"] for answer in answers] == ["1.0", "2.0"]
    assert answers[0]["prefix"] != answers[1]["prefix"]
    assert any("Successfully installed" in said for said in endpoints[0].messages("dep"))

    # An environment is built once.
    endpoints[1].deploy_and_wait()
    said = [line for line in endpoints[1].messages("dep") if line.startswith("Building an env")]
    assert len(said) == 1


@pytest.mark.anyio
async def test_an_environment_is_of_what_was_there_at_the_deployment(tmp_path, write_wheel):
    """A later change is for later deployments; what has to be built anew is of what is there."""
    path = write_wheel(tmp_path, "1.0")
    requirements = (f"tiny-package @ {path.as_uri()}",)
    said = []

    async def interpreter(sources):
        environments = Environments(tmp_path / "environments")
        found = await environments.interpreter(requirements, said.append, sources=sources)
        environments.close()
        return found

    before = source_digests(requirements)
    first = await interpreter(before)
    write_wheel(tmp_path, "1.0", source="IS_CHANGED = True")
    after = source_digests(requirements)
    built = len(said)

    assert await interpreter(before) == first
    assert len(said) == built

    second = await interpreter(after)
    shutil.rmtree(Path(first).parents[1])

    assert second != first
    assert await interpreter(before) == second


@pytest.mark.anyio
async def test_the_longest_unused_environment_makes_room(tmp_path, wheel):
    """The folder stays within its bound; what is in use stays whatever its size."""
    environments = Environments(tmp_path, max_bytes=1)
    for name in ("kept", "unused"):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.complete").write_text("1000 ")
    in_use = {str(tmp_path / "kept" / "bin" / "python")}
    requirements = (f"tiny-package @ {wheel('1.0')}",)

    newest = await environments.interpreter(requirements, lambda line: None, in_use=in_use)

    assert newest is not None
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {
        "kept",
        newest.split("/")[-3],
    }


@pytest.mark.anyio
async def test_what_a_server_that_was_killed_had_begun_makes_room(tmp_path, wheel):
    """No build ends it any more, and what is in it does not count, whatever it claims to be."""
    begun, strange = tmp_path / ("ab" * 12), tmp_path / "not-an-environment"
    for folder in (begun, strange):
        folder.mkdir()
        (folder / "complete").write_text("1000")
    requirements = (f"tiny-package @ {wheel('1.0')}",)

    await Environments(tmp_path).interpreter(requirements, lambda line: None)

    assert not begun.exists()
    assert strange.exists()


def test_missing_system_dependencies_are_reported(api):
    """A warning names them; whether the template can do without is for it to say."""
    template = """
class Needy:
    system_dependencies = ["sh", "surely-no-such-package"]
    def predict(self):
        return 1
"""
    endpoint = api.deployed(template, "Needy")

    warnings = [
        line["data"]["message"]
        for line in endpoint.logs("dep")
        if line["data"]["level"] == "WARNING"
    ]

    assert len(warnings) == 1
    assert "missing here: surely-no-such-package." in warnings[0]


APT = """#!/bin/sh
echo "$@"
case "$*" in
*-absent*) echo "E: Unable to locate package some-absent"; exit 100;;
*-broken*) echo "Error: some-broken has no file"; echo "Done"; exit 100;;
esac
printf '#!/bin/sh\\n' > "$(dirname "$0")/surely-no-such-package"
chmod +x "$(dirname "$0")/surely-no-such-package"
"""


APT_CACHE = """#!/bin/sh
printf '%s\\n' surely-no-such-package some-absent some-broken surely-no-c++ surely-no-pythons
"""


@pytest.fixture
def installing(connect, tmp_path, monkeypatch):
    """Return a client of a server that may install packages; its apt-get only makes files."""
    apt = tmp_path / "bin" / "apt-get"
    apt.parent.mkdir()
    apt.write_text(APT)
    apt.chmod(0o755)
    apt.with_name("apt-cache").write_text(APT_CACHE)
    apt.with_name("apt-cache").chmod(0o755)
    monkeypatch.setenv("PATH", f"{apt.parent}{os.pathsep}{os.environ['PATH']}")
    with LocalOutpost(allow_system_packages=True) as outpost:
        yield connect(outpost)


def needing(package: str) -> str:
    declared = f"system_dependencies = ['sh', {package!r}]"
    return f"class Needy:\n    {declared}\n    def predict(self): return 1\n"


def test_missing_system_dependencies_are_installed_where_that_is_allowed(installing):
    """Only those that are missing, and what apt-get prints is in the deployment log."""
    endpoint = installing.deployed(needing("surely-no-such-package"), "Needy")
    endpoint.deploy_and_wait()

    asked = [line for line in endpoint.messages("dep") if line.startswith("install")]

    assert asked == ["install --yes --no-install-recommends -- surely-no-such-package"]


def test_a_name_that_ends_in_what_apt_get_takes_for_an_action_is_a_name(installing):
    """As that of the compiler g++ does."""
    endpoint = installing.endpoint(needing("surely-no-c++"), "Needy")
    endpoint.deploy_and_wait()

    asked = [line for line in endpoint.messages("dep") if line.startswith("install")]

    assert asked == ["install --yes --no-install-recommends -- surely-no-c++"]


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ("some-absent", "could not be installed: E: Unable to locate package some-absent"),
        ("some-broken", "could not be installed: Error: some-broken has no file"),
        ("--purge", "'--purge' is no name of a Debian package"),
        ("./file.deb", "'./file.deb' is no name of a Debian package"),
        ("surely-no-such-package-", "no package is called 'surely-no-such-package-' here"),
        ("surely-no-such-package+", "no package is called 'surely-no-such-package+' here"),
        ("surely-no-python.", "no package is called 'surely-no-python.' here"),
    ],
)
def test_a_system_dependency_that_cannot_be_installed_fails_the_deployment(
    installing, package, reason
):
    """The reason is apt-get's own, and a name is a name: no option, file, pattern or removal."""
    endpoint = installing.endpoint(needing(package), "Needy")

    deployment = endpoint.deploy_and_wait()

    assert deployment["status"] == "failed"
    assert reason in endpoint.messages("dep")[-1]


@pytest.mark.anyio
async def test_two_servers_that_share_a_folder_build_an_environment_once(tmp_path, wheel):
    """The second waits for the first, and says so."""
    requirements = (f"tiny-package @ {wheel('1.0')}",)
    said = {"first": [], "second": []}

    async def build(name):
        environments = Environments(tmp_path / "shared")
        return await environments.interpreter(requirements, Said(said[name]))

    found = await asyncio.gather(build("first"), build("second"))

    lines = said["first"] + said["second"]
    assert found[0] == found[1]
    assert len([line for line in lines if line.startswith("Building")]) == 1
    assert "Another server is building this environment. Waiting for it." in lines


@pytest.mark.anyio
async def test_an_environment_that_another_server_uses_is_not_removed(tmp_path, wheel):
    """However little room there is."""
    shared = tmp_path / "shared"
    other = Environments(shared)
    used = await other.interpreter((f"tiny-package @ {wheel('1.0')}",), print)

    await Environments(shared, max_bytes=1).interpreter((f"tiny-package @ {wheel('2.0')}",), print)

    assert await anyio.Path(used).exists()


@pytest.mark.anyio
async def test_an_environment_whose_building_broke_off_is_built_anew(tmp_path, wheel):
    """What is there of it is not complete."""
    requirements = (f"tiny-package @ {wheel('1.0')}",)
    first = Environments(tmp_path / "a")
    python = await first.interpreter(requirements, print)
    first.close()
    folder = tmp_path / "a" / python.split("/")[-3]
    folder.with_suffix(".complete").unlink()
    (folder / "left-over").touch()

    again = await Environments(tmp_path / "a").interpreter(requirements, print)

    assert again == python
    assert not (folder / "left-over").exists()


@pytest.mark.anyio
async def test_what_the_environment_below_has_is_not_installed_again(tmp_path, wheel):
    """A template that asks for what its container has needs none of its own."""
    environments = Environments(tmp_path / "a")
    below = await environments.interpreter((f"tiny-package @ {wheel('1.0')}",), print)

    assert await environments.interpreter(("tiny-package==1.0",), print, on=below) is None
    assert await environments.interpreter(("tiny-package==1.0",), print, on=below) is None


class Said(list):
    """What is said about a deployment, as the engine is given it."""

    def __init__(self, lines=None):
        self.lines = [] if lines is None else lines
        self.warnings = []

    def __call__(self, message, *, level="INFO"):
        (self.warnings if level == "WARNING" else self.lines).append(message)


async def installed_torch(environments, said):
    python = await environments.interpreter(("torch==1.2.3",), said)
    command = [python, "-c", "import torch; print(torch.VERSION)"]
    found = await anyio.run_process(command)
    return found.stdout.decode().strip()


@pytest.mark.anyio
async def test_without_a_gpu_the_build_of_torch_for_cpus_is_installed(tmp_path, offered):
    """And the log says which and why."""
    offered("torch", "1.2.3")
    offered("torch", "1.2.3+cpu")
    said = Said()

    version = await installed_torch(Environments(tmp_path / "a", for_cpus=True), said)

    assert version == "1.2.3+cpu"
    assert any("torch==1.2.3+cpu: this machine has no GPU" in line for line in said.lines)
    assert said.warnings == []


@pytest.mark.anyio
async def test_where_no_build_for_cpus_is_offered_the_log_says_how_to_get_one(tmp_path, offered):
    """The other build is larger, and works."""
    offered("torch", "1.2.3")
    said = Said()

    version = await installed_torch(Environments(tmp_path / "a", for_cpus=True), said)

    assert version == "1.2.3"
    assert ["PIP_EXTRA_INDEX_URL" in line for line in said.warnings] == [True]
    assert not any(line.startswith("ERROR") for line in said.lines)


@pytest.mark.anyio
async def test_with_a_gpu_the_build_of_torch_is_the_usual_one(tmp_path, offered):
    """It has an environment of its own, also where both kinds of machines share a folder."""
    offered("torch", "1.2.3")

    assert await installed_torch(Environments(tmp_path / "a"), Said()) == "1.2.3"
    assert await installed_torch(Environments(tmp_path / "a", for_cpus=True), Said()) == "1.2.3"
    assert len([path for path in (tmp_path / "a").iterdir() if path.is_dir()]) == 2

"""``python_requirements``: each set of them has a virtual environment of its own."""

from __future__ import annotations

import os
import zipfile

import pytest

from outpost_server import LocalOutpost
from outpost_server.engines.process.environments import Environments

TEMPLATE = """
import sys, tiny_package, fastapi

class Tiny:
    python_requirements = ["tiny-package @ {wheel}"]

    def predict(self):
        return {{"version": tiny_package.VERSION, "prefix": sys.prefix}}
"""


@pytest.fixture
def wheel(tmp_path):
    """Return the address of a wheel of ``tiny-package`` in some version."""

    def make(version: str) -> str:
        path = tmp_path / f"tiny_package-{version}-py3-none-any.whl"
        info = f"tiny_package-{version}.dist-info"
        about = f"Metadata-Version: 2.1\nName: tiny-package\nVersion: {version}\n"
        files = {
            "tiny_package.py": f"VERSION = {version!r}\n",
            f"{info}/METADATA": about,
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": "",
        }
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
        return path.as_uri()

    return make


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
async def test_the_longest_unused_environment_makes_room(tmp_path, wheel):
    """The folder stays within its bound; what is in use stays whatever its size."""
    environments = Environments(tmp_path, max_bytes=1)
    for name in ("kept", "unused"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "complete").write_text("1000")
    in_use = {str(tmp_path / "kept" / "bin" / "python")}
    requirements = (f"tiny-package @ {wheel('1.0')}",)

    newest = await environments.interpreter(requirements, lambda line: None, in_use=in_use)

    assert newest is not None
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {
        "kept",
        newest.split("/")[-3],
    }


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
case "$*" in *-absent*) echo "E: Unable to locate package some-absent"; exit 100;; esac
printf '#!/bin/sh\\n' > "$(dirname "$0")/surely-no-such-package"
chmod +x "$(dirname "$0")/surely-no-such-package"
"""


@pytest.fixture
def installing(connect, tmp_path, monkeypatch):
    """Return a client of a server that may install packages; its apt-get only makes files."""
    apt = tmp_path / "bin" / "apt-get"
    apt.parent.mkdir()
    apt.write_text(APT)
    apt.chmod(0o755)
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


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        ("some-absent", "could not be installed: E: Unable to locate package some-absent"),
        ("--purge", "'--purge' is no name of a Debian package"),
        ("./file.deb", "'./file.deb' is no name of a Debian package"),
    ],
)
def test_a_system_dependency_that_cannot_be_installed_fails_the_deployment(
    installing, package, reason
):
    """The reason is apt-get's own, and a name cannot be an option or a file."""
    endpoint = installing.endpoint(needing(package), "Needy")

    deployment = endpoint.deploy_and_wait()

    assert deployment["status"] == "failed"
    assert reason in endpoint.messages("dep")[-1]

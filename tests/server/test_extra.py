"""Without the packages of the ``local`` extra, and on older Pythons."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

OVERLAY = Path(__file__).parents[2] / "overlay"
PYTHONS = [
    python
    for python in sorted(Path.home().glob(".pyenv/versions/3.*/bin/python"))
    if int(python.parts[-3].split(".")[1]) >= 8
]

WITHOUT_AIOHTTP = """
import sys
sys.modules["aiohttp"] = None
import importlib.util
find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "aiohttp" else find_spec(name)
import outpost_server.pytest_plugin
from outpost_server import LocalOutpost
"""

ON_ITS_OWN = """
import sys, types
sys.path.insert(0, sys.argv[1])
sys.modules["pytest"] = types.ModuleType("pytest")
sys.modules["pytest"].fixture = lambda **options: lambda function: function
package = types.ModuleType("outpostkit")
package.__path__ = [sys.argv[1] + "/outpostkit"]
sys.modules["outpostkit"] = package
import outpost_server.pytest_plugin
try:
    from outpost_server import LocalOutpost
except ImportError as error:
    print(error)
"""

USES_THE_FIXTURE = """
import httpx

def test_user(local_outpost):
    headers = {"Authorization": "Bearer " + local_outpost.api_token}
    answer = httpx.get(local_outpost.base_url + "/user", headers=headers, trust_env=False)
    assert answer.json()["name"] == local_outpost.entity

def test_same_server(local_outpost, request):
    request.config.cache.set("pid", local_outpost.pid)
"""

pytest_plugins = ["pytester"]


def test_a_missing_package_is_named_with_the_command_that_installs_it():
    """Importing a name of the package says what to do; importing the plugin is always possible."""
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_AIOHTTP], capture_output=True, text=True, check=False
    )

    assert result.returncode == 1
    assert 'aiohttp). Install them with: pip install "outpostkit[local]"' in result.stderr


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: path.parts[-3])
def test_the_pytest_plugin_can_be_imported_on_every_python(python):
    """pytest loads it in every project that has outpostkit installed."""
    result = subprocess.run(
        [python, "-c", ON_ITS_OWN, OVERLAY], capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stderr
    assert 'pip install "outpostkit[local]"' in result.stdout


def test_a_server_loads_only_what_it_needs_to_answer():
    """The dashboard, WebSockets, templates by URL and the hub's client are loaded when used.

    What replicas serve with is theirs.
    """
    code = (
        "import outpost_server.running.server, outpost_server.engines.process.engine, sys\n"
        "print(*sys.modules)"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "starlette" in result.stdout.split()
    spared = {"aiohttp", "fastapi", "httpx", "huggingface_hub", "jinja2", "pydantic", "rich"}
    assert not spared & {*result.stdout.split()}


def test_the_fixture_gives_one_server_per_session(pytester):
    """It comes with the package and needs no import."""
    pytester.makepyfile(USES_THE_FIXTURE)

    # The plugins of other packages take seconds to load.
    others = ("schemathesis", "hypothesispytest", "anyio", "xdist", "pytest_httpserver")
    result = pytester.runpytest_subprocess("-q", *(f"-pno:{name}" for name in others))

    result.assert_outcomes(passed=2)

"""The reason of a deployment whose packages cannot be installed is what says why, of all of pip."""

from __future__ import annotations

import pytest

from outpost_server.engines.engine import StartFailed
from outpost_server.engines.process.environments import Environments

PROJECT = """
[project]
name = "own-package"
version = "1.0"
[build-system]
requires = [{needs}]
build-backend = "backend"
backend-path = ["."]
"""
RAISING = "raise RuntimeError('CUDA_HOME is not set:\\nset it to where CUDA is')"
COMPILING = (
    "print('own.c:1:10: fatal error: Python.h: No such file or directory')\n"
    "    print('compilation terminated.')\n"
    "    raise SystemExit(\"error: command '/usr/bin/gcc' failed with exit code 1\")"
)
CALLING = (
    "print('CMake Error: there is no compiler')\n"
    "    raise __import__('subprocess').CalledProcessError(1, ['cmake'])"
)


@pytest.fixture
def reason(tmp_path, offered):
    """Return what makes the reason why requirements cannot be installed."""

    async def reason(*requirements):
        with pytest.raises(StartFailed) as failed:
            await Environments(tmp_path / "environments").interpreter(requirements, print)
        return failed.value.reason.removeprefix("python_requirements could not be installed: ")

    return reason


@pytest.fixture
def package(tmp_path):
    """Return what makes a folder whose build does something, and names it."""

    def package(build, needs=""):
        folder = tmp_path / "own-package"
        folder.mkdir()
        (folder / "pyproject.toml").write_text(PROJECT.format(needs=needs))
        hook = "(folder, config_settings=None, metadata_directory=None)"
        (folder / "backend.py").write_text(f"def build_wheel{hook}:\n    {build}\n")
        return f"own-package @ {folder.as_uri()}"

    return package


@pytest.mark.anyio
async def test_a_version_that_there_is_not_is_told_with_those_that_there_are(offered, reason):
    offered("tiny_package", "1.0")
    offered("tiny_package", "2.0")

    assert await reason("tiny-package==3.0") == (
        "ERROR: Could not find a version that satisfies the requirement tiny-package==3.0 "
        "(from versions: 1.0, 2.0)"
    )


@pytest.mark.anyio
async def test_a_package_for_another_python_is_told_with_that(offered, reason):
    offered("tiny_package", "1.0", "Requires-Python: >=3.99\n")

    told = await reason("tiny-package")

    assert "requires a different Python" in told
    assert ">=3.99" in told


@pytest.mark.anyio
@pytest.mark.parametrize(("build", "told"), [
    (RAISING, "RuntimeError: CUDA_HOME is not set: set it to where CUDA is"),
    (COMPILING, "own.c:1:10: fatal error: Python.h: No such file or directory"),
    (CALLING, "CMake Error: there is no compiler"),
])  # fmt: skip
async def test_a_build_that_fails_is_told_in_its_own_words(reason, package, build, told):
    """Pip says around it that something has failed, and that it is not to blame."""
    assert await reason(package(build)) == f"own-package: {told}"


@pytest.mark.anyio
async def test_what_a_build_needs_itself_is_named(reason, package):
    """Pip runs pip for it, and both say that they have failed."""
    told = await reason(package("pass", needs="'surely-absent>=2'"))

    assert told == (
        "own-package: ERROR: Could not find a version that satisfies the requirement "
        "surely-absent>=2 (from versions: none)"
    )


@pytest.mark.anyio
async def test_requirements_that_contradict_each_other_are_both_told(offered, reason):
    """Pip ends with an address to read more at."""
    offered("tiny_package", "1.0")
    offered("one", "1.0", "Requires-Dist: tiny-package==1.0\n")
    offered("other", "1.0", "Requires-Dist: tiny-package==2.0\n")

    told = await reason("one", "other")

    assert "one 1.0 depends on tiny-package==1.0" in told
    assert "other 1.0 depends on tiny-package==2.0" in told
    assert "ResolutionImpossible" not in told


@pytest.mark.anyio
@pytest.mark.parametrize("place", ["elsewhere", "on this machine", "without its name"])
async def test_a_file_that_is_not_what_was_meant_is_told_with_both_digests(
    offered, reason, httpserver, place
):
    file = offered("tiny_package", "1.0")
    httpserver.expect_request(f"/{file.name}").respond_with_data(file.read_bytes())
    address = httpserver.url_for(f"/{file.name}") if place == "elsewhere" else file.as_uri()
    name = "" if place == "without its name" else "tiny-package @ "

    told = await reason(f"{name}{address}#sha256={'0' * 64}")

    assert f"Expected sha256 {'0' * 64}; Got " in told


@pytest.mark.anyio
@pytest.mark.parametrize(("requirement", "told"), [
    ("tiny-package @ file:///nowhere/tiny_package-1.0-py3-none-any.whl", "No such file"),
    ("/nowhere/tiny", "'/nowhere/tiny'"),
    ("tiny-package @ git+file:///nowhere", "fatal: '/nowhere' does not appear to be"),
])  # fmt: skip
async def test_what_is_not_there_is_named(reason, requirement, told):
    assert told in await reason(requirement)


@pytest.mark.anyio
async def test_an_index_that_cannot_be_reached_is_told(reason, monkeypatch):
    """Else it would seem that there were no such package."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")

    told = await reason("tiny-package")

    assert "Connection refused" in told
    assert "requirement tiny-package (from versions: none)" in told

"""Servers with one engine or another."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from outpost_server import LocalOutpost
from outpost_server.keeping.data_folder import DataFolder


@pytest.fixture(scope="module")
def loopback(tmp_path_factory):
    """A server whose replicas are objects in its own process."""
    folder = tmp_path_factory.mktemp("loopback") / "data"
    command = [sys.executable, str(Path(__file__).with_name("loopback.py")), str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        base_url = process.stdout.readline().strip()
        token = DataFolder(folder).read_token()
        yield SimpleNamespace(base_url=base_url, api_token=token, pid=process.pid)
        process.stdin.close()


@pytest.fixture(scope="module")
def process():
    """A server whose replicas are processes."""
    with LocalOutpost() as outpost:
        yield outpost


def write_wheel(
    folder: Path, version: str, *, name: str = "tiny_package", source: str = "", about: str = ""
) -> Path:
    """Write a wheel with one module, which has a ``VERSION``, and return its path.

    ``about`` are more lines of its metadata.
    """
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    named = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n{source}",
        f"{info}/METADATA": named + about,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(file, text)
    return path


@pytest.fixture
def wheel(tmp_path):
    """Return the address of a wheel of ``tiny-package`` in some version."""
    return lambda version: write_wheel(tmp_path, version).as_uri()


@pytest.fixture
def offered(tmp_path, monkeypatch):
    """Have pip find nothing but a few wheels, and return what makes one."""
    folder = tmp_path / "offered"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.delenv("PIP_CONSTRAINT", raising=False)

    return lambda name, version, about="": write_wheel(folder, version, name=name, about=about)


@pytest.fixture(scope="session", name="write_wheel")
def write_wheel_fixture():
    return write_wheel

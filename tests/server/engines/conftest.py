"""Servers with one engine or another."""

from __future__ import annotations

import subprocess
import sys
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

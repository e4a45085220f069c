"""A template that names a model of its own finds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.models.hub import Hub

ASK = "from outpost_runtime import model_folder; print(model_folder('acme/small', 'main'))"


def folder(hub: Hub, cache: Path) -> str:
    """Return the folder that a replica finds."""
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.url,
        "HF_HUB_CACHE": str(cache),
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": ":".join(sys.path),
    }
    command = [sys.executable, "-c", ASK]
    asked = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout.strip()


def test_a_model_that_is_here_is_used_while_the_hub_is_away(tmp_path: Path) -> None:
    """It is downloaded once; one that was broken off is gone on with."""
    with Hub() as hub:
        hub.add("acme/small", {"config.json": b"{}", "model.safetensors": b"weights"})
        found = folder(hub, tmp_path)
        asked = len(hub.requests)
        assert folder(hub, tmp_path) == found
        assert len(hub.requests) == asked
        (tmp_path / "models--acme--small" / "blobs" / "abc.incomplete").touch()
        assert folder(hub, tmp_path) == found
        assert len(hub.requests) > asked
    (tmp_path / "models--acme--small" / "blobs" / "abc.incomplete").unlink()

    assert (Path(found) / "model.safetensors").read_bytes() == b"weights"
    assert folder(hub, tmp_path) == found

"""A short run of ``make chaos``: the server is killed while it is used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_killing_the_server_while_it_is_used_loses_nothing_and_leaves_nothing():
    """Creates, secrets and deployments that were acknowledged are there; no process is left."""
    settings = ["--kills", "2", "--minutes", "0.02", "--seed", "7", "--endpoints", "4"]
    # How fast it is on a quiet machine is for the long run.
    settings += ["--answer-within", "60"]

    chaos = [sys.executable, "-m", "tests.benchmarks.chaos", *settings]
    done = subprocess.run(chaos, cwd=ROOT, capture_output=True, text=True)
    outcome = json.loads(done.stdout)

    assert outcome["problems"] == []
    assert outcome["endpoints"] >= 1
    assert done.returncode == 0

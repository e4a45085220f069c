"""Short runs of ``make bench-local`` and ``make soak``: the measures work, and find nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGE = "tests.benchmarks.local_outpost"


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("transfer", "memory for the upload"),
        ("killing", "failed, not in flight on a killed replica"),
    ],
)
def test_a_measure_of_the_local_outpost_finds_its_bars_held(part, found):
    """What does not depend on how busy the machine is holds in a short run, too."""
    command = [sys.executable, "-m", PACKAGE, "--quick", part]

    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    assert found in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_mixed_use_leaves_no_process_file_or_descriptor():
    """One cycle of ``make soak``."""
    command = [sys.executable, "-m", f"{PACKAGE}.soak", "--minutes", "0", "--cycle", "1"]

    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)

    assert "nothing is left" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0

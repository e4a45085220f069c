"""What was published before this SDK, each in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNREACHABLE = 75

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="the local Outpost needs 3.11")


@pytest.mark.parametrize("peer", ["0.0.46", "0.0.69", "outpostcli"])
def test_all_that_a_published_client_can_do_works_here(peer):
    """Every call of its own that its own code does not make impossible."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.peers", peer],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if result.returncode == UNREACHABLE:
        pytest.skip(result.stdout.strip())

    assert result.returncode == 0, result.stdout + result.stderr

"""What a machine can enforce is tried out when a server starts, before anything of it runs."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

OUTPOSTKIT = Path(sys.executable).with_name("outpostkit")
PR_CAPBSET_DROP, CAP_SETUID = 24, 7

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can lose the right it needs"
)


@pytest.fixture
def local(tmp_path):
    """Run ``outpostkit local`` as a root that cannot become another user."""

    def lose_right() -> None:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_SETUID, 0, 0, 0)

    def local(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-c",
            "from outpostkit.cli import main; main()",
            "local",
            *arguments,
        ]
        return subprocess.run(
            [*command, "--data", str(tmp_path / "data")],
            capture_output=True, text=True, preexec_fn=lose_right,
        )  # fmt: skip

    yield local
    local("stop")


def test_a_server_says_what_users_are_not_protected_from(local):
    started = local("start")

    assert started.returncode == 0, started.stderr
    told = "the code of templates runs as root without its privileges, as this machine gives it no"
    assert re.search(rf"^users +Users are not protected .*{told}", local("status").stdout, re.M)


def test_a_server_that_must_isolate_does_not_start(local, tmp_path):
    """Before it opens its store: no replica of an earlier run is started either."""
    started = local("start", "--isolation", "required")

    assert started.returncode == 1
    assert "Without --isolation required it starts." in started.stderr
    assert not (tmp_path / "data" / "outpost.db").exists()

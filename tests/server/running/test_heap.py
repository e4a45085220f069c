"""What a server process has freed goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Each large block has a small one behind it that stays, as what is kept of a request does.
LEFT_AFTER_LARGE_BLOCKS = """
import sys
from outpost_server.running.heap import hold_little_memory

def resident_kib():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))

if sys.argv[1] == "bounded":
    hold_little_memory()
before = resident_kib()
del [bytearray(8_000_000)][:]
kept, large = [], []
for _ in range(30):
    large.append(bytearray(b"x") * 1_000_000)
    kept.append(bytearray(1000))
del large
print(resident_kib() - before)
"""


def left_kib(how: str) -> int:
    command = [sys.executable, "-c", LEFT_AFTER_LARGE_BLOCKS, how]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="what is chosen is glibc's")
def test_large_bodies_leave_no_memory_behind():
    """Also after a larger one, from which glibc concludes that smaller ones belong in its heap."""
    assert left_kib("as it comes") > 20_000, "the C library gives it back by itself"
    assert left_kib("bounded") < 2_000

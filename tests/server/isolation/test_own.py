"""As root, each replica has memory of its own where programs share it by name or number."""

from __future__ import annotations

import os
import sys

import pytest

SHARING = """
import ctypes, os
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)
FILE = Path("/dev/shm/for-everybody")

class Sharing:
    def predict(self, what: str):
        return getattr(self, what)()

    def share(self):
        FILE.write_text("shared")
        FILE.chmod(0o666)
        return libc.shmget(4711, 4096, 0o1666) >= 0

    def look(self):
        found = FILE.read_text() if FILE.exists() else None
        return [found, libc.shmget(4711, 4096, 0o666)]

    def size(self):
        room = os.statvfs("/dev/shm")
        return room.f_blocks * room.f_frsize
"""
HARDWARE, MEMORY_BYTES = "e2-standard-1", 4 * 2**30

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can give it"
)


@pytest.fixture
def sharing(api):
    return api.deployed(SHARING, "Sharing", hardwareInstance=HARDWARE)


def test_what_a_replica_shares_by_name_or_number_is_its_own(api, sharing):
    """Another one, be it of the same owner, and the machine see nothing of it."""
    other = api.deployed(SHARING, "Sharing")

    assert sharing.predict(params={"what": "share"}).json() is True
    assert other.predict(params={"what": "look"}).json() == [None, -1]
    assert sharing.predict(params={"what": "look"}).json()[0] == "shared"
    assert not os.path.exists("/dev/shm/for-everybody")


def test_shared_memory_has_half_of_the_memory_of_the_hardware(sharing):
    assert sharing.predict(params={"what": "size"}).json() == MEMORY_BYTES // 2

"""What processes use of the memory of the machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from outpost_server.worker.resources.memory import memory_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")

MIB = 2**20
SIZE = 64 * MIB
START = """
import ctypes, mmap, os, sys, tempfile
from multiprocessing import shared_memory

SIZE = 64 * 2**20
ONES = b"1" * SIZE
"""
# It has what it uses once it prints, and ends with its input.
END = """
ONES = None
print(flush=True)
sys.stdin.read()
"""
IN_SHARED_MEMORY = "tempfile.TemporaryFile(dir='/dev/shm')"
WAYS = {
    "private": "kept = ONES[1:] + b'1'",
    "shared": "kept = mmap.mmap(-1, SIZE); kept.write(ONES)",
    "memfd": "kept = os.memfd_create('x'); os.write(kept, ONES)",
    "memfd, closed": """
fd = os.memfd_create('x')
os.write(fd, ONES)
kept = mmap.mmap(fd, SIZE)
kept.read()
os.close(fd)
""",
    "memfd, closed, mapped for oneself": """
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
fd = os.memfd_create('x')
os.write(fd, ONES)
kept = libc.mmap(None, ctypes.c_size_t(SIZE), mmap.PROT_READ, mmap.MAP_PRIVATE, fd, 0)
ctypes.string_at(kept, SIZE)
os.close(fd)
""",
    "file": f"kept = {IN_SHARED_MEMORY}; kept.write(ONES); kept.flush()",
    "library": "kept = shared_memory.SharedMemory(create=True, size=SIZE); kept.buf[:] = ONES;"
    " kept.unlink()",
    "forks": """
kept = mmap.mmap(-1, SIZE)
kept.write(ONES)
ONES = None
for _ in range(3):
    reader, writer = os.pipe()
    if os.fork() == 0:
        kept[:]
        os.write(writer, b'x')
        sys.stdin.read()
        os._exit(0)
    os.read(reader, 1)
""",
    "a process that lets nobody look": """
kept = mmap.mmap(-1, SIZE)
kept.write(ONES)
ctypes.CDLL(None).prctl(4, 0)
""",
}


def used(way):
    command = [sys.executable, "-c", START + way + END]
    # Measuring lines takes memory of its own in each fork.
    environment = {one: value for one, value in os.environ.items() if "COVERAGE" not in one}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        process.stdout.readline()
        found = memory_of([process.pid])
        process.communicate(b"")
    return found


@pytest.fixture(scope="module")
def without():
    """What such a process uses before it keeps anything."""
    return used("")


@pytest.mark.parametrize("way", WAYS)
def test_what_processes_keep_in_memory_counts_once(without, way):
    """However they keep it."""
    assert SIZE - MIB <= used(WAYS[way]) - without < SIZE + 32 * MIB


def test_what_is_reserved_and_not_used_does_not_count(without):
    assert used("kept = mmap.mmap(-1, 100 * SIZE)") - without < 8 * MIB

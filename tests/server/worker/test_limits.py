"""What a replica may use of the machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HOARD = """
import subprocess, sys
from outpost_server.worker.resources.limits import Limits, MemoryWatch

command = [sys.executable, "-c", "hoard = bytes(range(256)) * 4 * 2**16; print(); input()"]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
    child.stdout.readline()
    for mib in (2048, 32):
        print(MemoryWatch(Limits(memory_bytes=mib * 2**20)).excess())
    child.communicate(b"")
"""
LIMITED = """
import os

class Limited:
    def predict(self):
        return {"cpus": len(os.sched_getaffinity(0)), "threads": os.environ.get("OMP_NUM_THREADS")}
"""


def test_what_a_worker_and_its_children_use_together_is_noticed():
    """A limit per process alone could be evaded by starting processes."""
    watched = subprocess.run([sys.executable, "-c", HOARD], capture_output=True, text=True)
    within, beyond = watched.stdout.splitlines()

    assert within == "None"
    assert "MiB of memory and may use 32 MiB; a larger hardware_instance has more" in beyond


def test_a_replica_gets_the_processors_of_its_instance(api):
    """Libraries that count processors are told, too."""
    endpoint = api.deployed(LIMITED, "Limited", hardwareInstance="e2-standard-1")

    assert endpoint.predict().json()["cpus"] == 1


def test_a_template_is_unloaded_when_its_replica_ends(api, eventually):
    """``unload``, or else ``close``, is called after the last answer."""
    template = """
import asyncio

class Holding:
    def predict(self):
        return 1
    async def unload(self):
        await asyncio.sleep(0)
        print("unloaded")
"""
    endpoint = api.deployed(template, "Holding")
    endpoint.deploy_and_wait()

    assert eventually(lambda: "unloaded" in endpoint.messages("runtime"))


HOARDS = {
    "without a name": ("os.memfd_create('hoard')", "pass"),
    "closed again": ("os.open('/dev/shm/hoard', os.O_CREAT | os.O_RDWR)", "os.close(fd)"),
}


@pytest.mark.parametrize("how", HOARDS)
def test_a_file_in_memory_counts_against_the_limit(api, eventually, how):
    """It is no allocation that fails. As root each replica has such a folder of its own."""
    if how == "closed again" and os.geteuid() != 0:
        pytest.skip("others have files there, too")
    opened, done = HOARDS[how]
    # In two, as the folder takes half of the memory at most.
    template = f"""
import os

class Hoarding:
    def predict(self):
        fd, other = {opened}, os.memfd_create("other")
        for _ in range(400):
            os.write(fd, bytes(2**20))
        for _ in range(700):
            os.write(other, bytes(2**20))
        {done}
"""
    endpoint = api.deployed(template, "Hoarding", hardwareInstance="e2-highcpu-1")
    endpoint.predict()

    assert eventually(
        lambda: "and may use 1024 MiB; a larger" in "".join(endpoint.messages("event"))
    )

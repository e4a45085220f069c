"""The folders of a replica go with it."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from outpost_server.engines.process.isolation import Isolation

pytestmark = pytest.mark.anyio

WRITES = """
import itertools, os, pathlib, sys
os.chdir(sys.argv[1])
for number in itertools.count():
    try:
        pathlib.Path(str(number)).touch()
    except FileNotFoundError:
        break
    if number == 0:
        print("begun", flush=True)
"""


@pytest.mark.parametrize("which", ["folder", "temporary"])
async def test_a_folder_into_which_something_writes_to_the_end_is_removed_after_it(tmp_path, which):
    """What is killed may make a file while its folder is being removed."""
    isolation = Isolation(tmp_path, is_wanted=False)
    places = isolation.make_places("replica", "")
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WRITES, str(getattr(places, which))), stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    await writer.stdout.readline()

    isolation.remove(places)
    writer.kill()
    await writer.wait()

    async with asyncio.timeout(60):
        while places.folder.exists() or places.temporary.exists():  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.02)

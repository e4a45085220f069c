"""Trying a confinement out: what it takes is asked of the kernel, not concluded from versions."""

from __future__ import annotations

import os
from collections.abc import Iterable

from outpost_server.worker.confinement.confinement import Confinement

NOTHING = "nothing"  # silence would be no answer


def obstacle(confinement: Confinement, files: Iterable[str]) -> str | None:
    """Return what is in the way of a confinement, None when each file can be read within it.

    A fork tries it, in a few milliseconds: this process must have one thread. What the fork has of
    this process's memory nobody can look into.

    Raises:
        OSError: there is no process to be had.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, _tried(confinement, files).encode("utf-8", "replace"))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        found = told.read().decode()
    os.waitpid(pid, 0)
    return None if found == NOTHING else found or "the trial ended early"


def _tried(confinement: Confinement, files: Iterable[str]) -> str:
    try:
        confinement.apply()
        for path in files:
            with open(path, "rb"):
                pass
    except Exception as error:
        return str(error)
    return NOTHING

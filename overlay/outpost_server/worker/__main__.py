"""A worker in an interpreter of its own: ``python -m outpost_server.worker '<settings>'``."""

from __future__ import annotations

import json
import sys

# Processes that the template starts by multiprocessing import this file again, under another name.
if __name__ == "__main__":
    from outpost_server.worker.run import run_worker

    settings = json.loads(sys.argv[1])
    run_worker(settings, settings["channel"])

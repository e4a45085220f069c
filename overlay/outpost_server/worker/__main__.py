"""A worker in an interpreter of its own: ``python -m outpost_server.worker <channel> <settings>``.

They are the descriptor of the socket to the server, and a ``WorkerSettings`` in JSON.
"""

from __future__ import annotations

import sys

# Processes that the template starts by multiprocessing import this file again, under another name.
if __name__ == "__main__":
    from outpost_server.worker.run import run_worker
    from outpost_server.worker.settings import WorkerSettings

    run_worker(WorkerSettings.from_json(sys.argv[2]), int(sys.argv[1]))

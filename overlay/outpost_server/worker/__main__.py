"""A worker in an interpreter of its own.

``python -m outpost_server.worker <channel> <listener> <records> <settings>``: four descriptors, of
the socket to the server, of that which takes requests, of that which takes log records, and of a
file with a ``WorkerSettings`` in JSON. It is no argument itself because arguments can be read by
everybody.
"""

from __future__ import annotations

import sys

# Processes that the template starts by multiprocessing import this file again, under another name.
if __name__ == "__main__":
    from outpost_server.worker.loading.replaced import say_what_is_replaced
    from outpost_server.worker.settings import WorkerSettings

    with say_what_is_replaced():
        from outpost_server.worker.run import run_worker

    channel, listener, records, told = map(int, sys.argv[1:])
    with open(told, "rb") as file:
        settings = WorkerSettings.from_json(file.read())
    run_worker(settings, channel, listener, records)

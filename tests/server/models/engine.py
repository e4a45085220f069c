"""A server whose replicas answer with what they were told: ``python -m ... <settings in JSON>``.

Its models are real, and nothing is loaded: no replica needs the packages of a container.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from outpost_server.engines import ENGINE_HOMES
from outpost_server.rules.settings import ServerSettings
from outpost_server.running.server import run
from tests.server.engines.loopback import LoopbackEngine, LoopbackReplica


class Told:
    """Answers with the variables of its replica, and with the files that it finds by them."""

    def __init__(self, spec):
        self._spec = spec

    async def predict(self, value):
        variables = dict(self._spec.variables)
        files = sizes_below(Path(variables["OUTPOST_MODEL_FOLDER"]), self._spec.readable)
        return {"variables": variables, "files": files, "secrets": dict(self._spec.secrets)}


def sizes_below(folder, readable):
    """Return the files that a replica may read there; caches have links to them."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in paths
        if any(path.resolve().is_relative_to(one) for one in readable)
    }


class ToldEngine(LoopbackEngine):
    async def start(self, spec):
        replica = LoopbackReplica(spec.replica_id, Told(spec))
        await replica.listen()
        return replica


if __name__ == "__main__":
    ENGINE_HOMES["told"] = "__main__:ToldEngine"
    told = json.loads(sys.argv[1])
    told["data_folder"] = Path(told["data_folder"])
    settings = ServerSettings(engine="told", **told)
    run(settings, lifeline=0, on_ready=lambda state: print(state.base_url, flush=True))

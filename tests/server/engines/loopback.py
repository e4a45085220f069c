"""A server with another engine: ``python loopback.py <data folder>``, until its input ends.

A replica is an object in the server's own process that answers on a port of this machine. All that
makes it an engine is the line in the table.
"""

from __future__ import annotations

import asyncio
import json
import re
import runpy
import sys
from contextlib import closing, suppress
from pathlib import Path

from outpost_server.engines import ENGINE_HOMES
from outpost_server.rules.settings import ServerSettings
from outpost_server.running.server import run


class LoopbackReplica:
    def __init__(self, replica_id, template):
        self.replica_id = replica_id
        self._template = template
        self._ended = asyncio.Event()

    async def listen(self):
        self._server = await asyncio.start_server(self._answer, "127.0.0.1")
        self._address = self._server.sockets[0].getsockname()

    async def connect(self, make):
        return await asyncio.get_running_loop().create_connection(make, *self._address)

    async def wait_ended(self):
        await self._ended.wait()
        return "it was stopped"

    async def stop(self, *, grace_s):
        self._server.close()
        self._ended.set()

    async def _answer(self, reader, writer):
        with suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(re.search(rb"content-length: (\d+)", head)[1])
                found = await self._template.predict(json.loads(await reader.readexactly(length)))
                answer = json.dumps(found).encode()
                head = b"content-type: application/json\r\ncontent-length: %d" % len(answer)
                writer.write(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n%b" % (head, answer))


class LoopbackEngine:
    def __init__(self, premises):
        self._premises = premises

    async def open(self): ...

    async def close(self): ...

    async def prepare(self, declared, say):
        say(f"Nothing is installed for {declared.python_requirements}.")

    async def start(self, spec):
        replica = LoopbackReplica(
            spec.replica_id, runpy.run_path(str(spec.template_path))[spec.class_name]()
        )
        await replica.listen()
        return replica


if __name__ == "__main__":
    ENGINE_HOMES["loopback"] = "__main__:LoopbackEngine"
    settings = ServerSettings(data_folder=Path(sys.argv[1]), engine="loopback")
    run(settings, lifeline=0, on_ready=lambda state: print(state.base_url, flush=True))

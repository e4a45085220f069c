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
import traceback
from contextlib import closing, suppress
from pathlib import Path

from outpost_server.engines import ENGINE_HOMES
from outpost_server.engines.engine import Ended, StartFailed
from outpost_server.log_files import LogFile, log_line
from outpost_server.rules.settings import ServerSettings
from outpost_server.running.server import run


class LoopbackReplica:
    def __init__(self, replica_id, template):
        self.replica_id = replica_id
        self._template = template
        self._ended = asyncio.get_running_loop().create_future()

    async def listen(self):
        self._server = await asyncio.start_server(self._answer, "127.0.0.1")
        self._address = self._server.sockets[0].getsockname()

    async def connect(self, make):
        return await asyncio.get_running_loop().create_connection(make, *self._address)

    async def wait_ended(self):
        return await asyncio.shield(self._ended)

    def memory_bytes(self):
        return None

    async def stop(self, *, grace_s, finishing_s=0):
        self._end("it was stopped")

    def _end(self, why):
        self._server.close()
        if not self._ended.done():
            self._ended.set_result(Ended(why))

    async def _answer(self, reader, writer):
        with suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(re.search(rb"content-length: (\d+)", head)[1])
                value = json.loads(await reader.readexactly(length))
                try:
                    answer = json.dumps(await self._template.predict(value)).encode()
                except SystemExit as exit:
                    return self._end(f"exit code {exit.code}")
                head = b"content-type: application/json\r\ncontent-length: %d" % len(answer)
                writer.write(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n%b" % (head, answer))


class LoopbackEngine:
    exposure = None

    def __init__(self, premises):
        self._premises = premises

    async def open(self, processes): ...

    async def close(self): ...

    async def owners(self):
        return set()

    async def forget(self, owner_id): ...

    async def prepare(self, declared, say):
        say(f"Nothing is installed for {declared.python_requirements}.")

    async def start(self, spec):
        log = LogFile(str(spec.runtime_log))

        def print_(*values):
            text = " ".join(map(str, values))
            log.write(log_line("runtime", "INFO", "stdout", text, pod_name=spec.pod_name))

        def load():
            return runpy.run_path(str(spec.template_path), {"print": print_})[spec.class_name]()

        try:
            # Nobody waits for the thread of a start that is cancelled.
            replica = LoopbackReplica(spec.replica_id, await asyncio.to_thread(load))
        except Exception as error:
            raise StartFailed(f"It raised {error!r}.", traceback.format_exc()) from None
        await replica.listen()
        return replica


if __name__ == "__main__":
    ENGINE_HOMES["loopback"] = "__main__:LoopbackEngine"
    settings = ServerSettings(data_folder=Path(sys.argv[1]), engine="loopback")
    run(settings, lifeline=0, on_ready=lambda state: print(state.base_url, flush=True))

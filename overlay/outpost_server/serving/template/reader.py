"""Reading what templates declare in processes that each read one source."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outpost_server.serving.template.source import DECLARATIONS, TemplateRefused

PROGRAM = Path(__file__).with_name("reading_program.py")
READ_TIMEOUT_S = 20.0


@dataclass(frozen=True)
class ReadSource:
    """What the source says: ``values`` of declarations, None for what only running it can tell.

    ``unread`` are imported classes that the template inherits from, and ``decorators`` those of
    the class and its bases that may set something on it: what they declare is not known.
    """

    values: dict[str, Any]
    unread: tuple[str, ...]
    decorators: tuple[str, ...]


class SourceReader:
    """Has a process that forks for each source: an interpreter takes longer to start than to read.

    It is started with the first source, or earlier, and again when it has died.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        """Start the process unless it runs."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        self._control, control_end = socket.socketpair()
        with control_end:
            arguments = [str(control_end.fileno()), ",".join(DECLARATIONS)]
            self._process = subprocess.Popen(
                # Nothing of site-packages: it is there sooner, and what is not imported is safe.
                [sys.executable, "-I", "-S", str(PROGRAM), *arguments],
                stdin=subprocess.DEVNULL,
                pass_fds=[control_end.fileno()],
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """The process, None before it is needed."""
        return None if self._process is None else self._process.pid

    async def read(self, source: bytes, file_name: str, class_name: str) -> ReadSource:
        """Return what the class and its bases in the same file declare. None of the file is run.

        It may take 10 s of processor time and 512 MiB.

        Raises:
            TemplateRefused: the file is no Python, or cannot be read within these bounds.
            OSError: no process can be had.
        """
        told = json.dumps([file_name, class_name]).encode() + b"\n" + source
        output = await self._answer(told)
        if not output:  # nobody has begun with it: the process died a moment ago
            self.close()
            output = await self._answer(told)
        if not output.strip():
            raise TemplateRefused(
                "The template file could not be read within 10 s and 512 MiB: it is too large or "
                "nested too deeply. Have data in files of their own, not in the source."
            )
        answer = json.loads(output)
        if "error" in answer:
            raise TemplateRefused(answer["error"], answer["detail"])
        return ReadSource(answer["values"], tuple(answer["unread"]), tuple(answer["decorators"]))

    def close(self) -> None:
        """End the process. Sources that are being read are read to the end, or to their bounds."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    async def _answer(self, told: bytes) -> bytes:
        """Return what a fork answers: blank when it has met its bounds, nothing without a fork."""
        self.start()
        assert self._control is not None
        channel, channel_end = socket.socketpair()
        with channel_end, suppress(ConnectionError):
            socket.send_fds(self._control, [b"+"], [channel_end.fileno()])
        reader, writer = await asyncio.open_connection(sock=channel)
        output = b""
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(READ_TIMEOUT_S):
                writer.write(told)
                writer.write_eof()
                output = await reader.read()
        writer.close()
        return output

"""Running the commands that deployments need, such as pip: followed line by line, never left."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

LEASH = str(Path(__file__).with_name("leash.py"))
MAX_LINE_BYTES = 1024 * 1024
TAIL_LINES = 20

Tell = Callable[[str], None]


class CommandFailed(Exception):
    """A command ended with another code than 0.

    ``lines`` are what it printed, ``output`` is the end of that.
    """

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.lines = lines
        self.output = "\n".join(lines[-TAIL_LINES:])


async def run_command(
    command: list[str], say: Tell, *, environment: Mapping[str, str] | None = None
) -> None:
    """Run a command, telling ``say`` every line that it prints. It ends with this process.

    Raises:
        CommandFailed: it ended with another code than 0.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", LEASH, *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=MAX_LINE_BYTES,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    lines = []
    try:
        async for line in process.stdout:
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                lines.append(text)
                say(text)
        code = await process.wait()
    finally:
        process.stdin.close()
        await process.wait()
    if code:
        raise CommandFailed(lines)

"""Starting a server as a process of its own, and ending it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict

from outpost_server.keeping.data_folder import DataFolder, FolderUnusable, ServerState
from outpost_server.rules.settings import ServerSettings

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0
POLL_S = 0.01
LOG_TAIL_LINES = 20


class LocalOutpostError(Exception):
    """The local Outpost did not start. The message has its reason or the end of its log."""


def start_server(
    settings: ServerSettings, *, lifeline: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a server in the background and return when it answers.

    It runs in a session of its own: Ctrl-C in a terminal does not reach it. With the read end of
    a pipe as ``lifeline`` it ends when the other end is closed; without one it runs until it is
    told to end.

    Raises:
        LocalOutpostError: it ended, or did not answer within ``READY_TIMEOUT_S``.
    """
    folder = DataFolder(settings.data_folder)
    try:
        folder.prepare()
    except FolderUnusable as error:
        raise LocalOutpostError(str(error)) from None
    told = asdict(settings) | {"data_folder": folder.root, "lifeline": lifeline}
    # -P: modules in the working directory must not replace those that the server imports.
    command = [sys.executable, "-P", "-m", "outpost_server", json.dumps(told, default=str)]
    log = os.open(folder.server_log, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        began_at = os.fstat(log).st_size
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=() if lifeline is None else (lifeline,),
        )
        try:
            _wait_ready(process, folder)
        except BaseException as error:
            end_process(process)
            if isinstance(error, LocalOutpostError):
                raise LocalOutpostError(f"{error}{_tail(log, began_at)}") from None
            raise
    finally:
        os.close(log)
    return process


def let_go(process: subprocess.Popen[bytes]) -> None:
    """Leave a server running when this program ends or forgets about it."""
    # subprocess warns of a forgotten child unless it believes that the child has ended.
    process.returncode = 0


def end_process(process: subprocess.Popen[bytes], *, timeout_s: float = STOP_TIMEOUT_S) -> None:
    """End a server: politely first, for certain after ``timeout_s`` seconds."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()


def end_server(state: ServerState, *, timeout_s: float = STOP_TIMEOUT_S) -> None:
    """End a server that another process has started, as :func:`end_process` does."""
    for number, patience_s in ((signal.SIGTERM, timeout_s), (signal.SIGKILL, 5.0)):
        if state.process.is_alive():
            os.kill(state.pid, number)
        give_up_at = time.monotonic() + patience_s
        while state.process.is_alive() and time.monotonic() < give_up_at:
            time.sleep(POLL_S)


def _wait_ready(process: subprocess.Popen[bytes], folder: DataFolder) -> None:
    give_up_at = time.monotonic() + READY_TIMEOUT_S
    while True:
        state = folder.read_state()
        if state is not None and state.pid == process.pid:
            return
        if process.poll() is not None:
            raise LocalOutpostError("the local Outpost did not start. ")
        if time.monotonic() > give_up_at:
            raise LocalOutpostError(
                f"the local Outpost did not answer within {READY_TIMEOUT_S:g} s. "
            )
        time.sleep(POLL_S)


def _tail(log: int, began_at: int) -> str:
    text = os.pread(log, 1024 * 1024, began_at).decode("utf-8", "replace").strip()
    lines = text.splitlines()[-LOG_TAIL_LINES:]
    if not lines:
        return "Its log is empty."
    if lines[-1].startswith("error: "):
        return lines[-1].removeprefix("error: ")
    return "The end of its log:\n" + "\n".join(lines)

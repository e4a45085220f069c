"""The server's side of the zygote: starting it, and asking it for replicas."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys

from outpost_server.worker.settings import WorkerSettings

LENGTH = struct.Struct("!I")
END_TIMEOUT_S = 10.0
# The environment of replicas is the server's, without what belongs to the server or to its user's
# account.
PRIVATE_PREFIXES = ("OUTPOST_",)


class Zygote:
    """Starts the zygote, again when it has died, and has it fork supervisors with their workers."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        """Start the process. It imports what it needs while requests can be made already."""
        control, control_end = socket.socketpair()
        with control_end:
            # -P: modules in the working directory must not replace those that are imported.
            module = ["-P", "-u", "-m", "outpost_server.worker.zygote"]
            self._process = subprocess.Popen(
                [sys.executable, *module, str(control_end.fileno())],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                pass_fds=[control_end.fileno()],
                start_new_session=True,
            )
        self._control = control

    def fork(self, settings: WorkerSettings, lifeline: int, channel: int) -> None:
        """Have a supervisor forked that has the two descriptors. They stay open here.

        The settings stay in the memory of the zygote, which later replicas inherit.
        """
        if self._process is None or self._process.poll() is not None:
            self.close()
            self.start()
        try:
            self._send(settings, lifeline, channel)
        except OSError:  # it died a moment ago
            self.close()
            self.start()
            self._send(settings, lifeline, channel)

    def _send(self, settings: WorkerSettings, lifeline: int, channel: int) -> None:
        assert self._control is not None
        body = settings.to_json().encode()
        socket.send_fds(self._control, [LENGTH.pack(len(body))], [lifeline, channel])
        self._control.sendall(body)

    def close(self) -> None:
        """End the process; its supervisors have ended or end with it."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(PRIVATE_PREFIXES)
    }

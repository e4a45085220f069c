"""The server's side of a zygote: starting it, and asking it for replicas."""

from __future__ import annotations

import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Collection, Mapping

from outpost_server.worker.settings import WorkerSettings

LENGTH = struct.Struct("!I")
END_TIMEOUT_S = 10.0


class Zygote:
    """Starts the zygote, again when it has died, and has it fork supervisors with their workers.

    ``python`` is its interpreter, ``preload`` what it imports beside what every worker needs, and
    ``variables`` are its environment, which its replicas have, too.
    """

    def __init__(
        self,
        python: str = sys.executable,
        preload: Collection[str] = (),
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.python = python
        self._preload = list(preload)
        self._variables = dict(variables or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._last_code: int | None = None

    def environment(self) -> dict[str, str]:
        """Return the variables that its replicas begin with."""
        return dict(self._variables)

    def start(self) -> None:
        """Start the process unless it runs. It imports what it needs while requests can be made."""
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        control, control_end = socket.socketpair()
        with control_end:
            # -P: modules in the working directory must not replace those that are imported.
            module = ["-P", "-u", "-m", "outpost_server.worker.zygote"]
            self._process = subprocess.Popen(
                [self.python, *module, str(control_end.fileno()), *self._preload],
                stdin=subprocess.DEVNULL,
                env=self.environment(),
                pass_fds=[control_end.fileno()],
                start_new_session=True,
            )
        self._control = control

    def fork(self, settings: WorkerSettings, descriptors: Collection[int]) -> None:
        """Have a supervisor forked that has the descriptors of ``Job``. They stay open here.

        The settings stay in the memory of the zygote, which later replicas inherit.

        Raises:
            OSError: its interpreter cannot be started.
        """
        self.start()
        try:
            self._send(settings, descriptors)
        except OSError:  # it died a moment ago
            self.close()
            self.start()
            self._send(settings, descriptors)

    def explain_end(self) -> str | None:
        """Return how it ended, None when it runs: its replicas end with it."""
        code = self._last_code if self._process is None else self._process.poll()
        if not code:
            return None
        what = f"exit code {code}" if code > 0 else f"killed by {signal.Signals(-code).name}"
        imported = f" which imports {', '.join(self._preload)}" if self._preload else ""
        return f"the process that it was to be forked from,{imported}, ended: {what}"

    def _send(self, settings: WorkerSettings, descriptors: Collection[int]) -> None:
        assert self._control is not None
        body = settings.to_json().encode()
        socket.send_fds(self._control, [LENGTH.pack(len(body))], list(descriptors))
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
            self._last_code = self._process.returncode
            self._process = None

"""Runs a command that must not outlive its starter: ``python -I -S leash.py command...``.

Standard input is a pipe that the starter holds. When it is closed, also by the starter's death,
the command and what it has started are killed.
"""

import os
import select
import signal
import sys


def main() -> int:
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    command = os.fork()
    if command == 0:
        try:
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.execv(sys.argv[1], sys.argv[1:])
        finally:
            os._exit(127)
    readable, _, _ = select.select([0, woken], [], [])
    if 0 in readable:
        # The starter has made a session for this process, whose group they all share.
        os.killpg(0, signal.SIGKILL)
    _, status = os.waitpid(command, 0)
    return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main())

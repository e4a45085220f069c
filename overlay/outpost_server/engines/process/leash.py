"""Runs a command that must not outlive its starter: ``python -I -S leash.py command...``.

Standard input is a pipe that the starter holds. When it is closed, also by the starter's death,
the command and what it has started are killed.
"""

import ctypes
import os
import select
import signal
import sys

PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    if sys.platform == "linux":
        # What leaves the session of the command becomes a child of this process.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
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
    while True:
        readable, _, _ = select.select([0, woken], [], [])
        if 0 in readable:
            kill_children()
            # The starter has made a session for this process, whose group they all share.
            os.killpg(0, signal.SIGKILL)
        os.read(woken, 1024)
        ended, status = os.waitpid(command, os.WNOHANG)
        if ended:
            kill_children()
            return os.waitstatus_to_exitcode(status) & 0xFF


def kill_children() -> None:
    """End everything that is left, also what its parent has left alone."""
    listed = f"/proc/self/task/{os.getpid()}/children"
    while os.path.exists(listed):
        with open(listed) as file:
            children = file.read().split()
        if not children:
            return
        for child in children:
            os.kill(int(child), signal.SIGKILL)
            os.waitpid(int(child), 0)


if __name__ == "__main__":
    sys.exit(main())

"""Keys that the kernel keeps for whoever started the server are not for what it shuts in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from outpost_server.worker.confinement import landlock

SECRET = "only-for-the-operator"
#: Prints what a process that is shut in reads of a key of the session that it was started in.
PROGRAM = """
import ctypes, sys
from outpost_server.worker.confinement.confinement import Confinement
from outpost_server.worker.confinement.identity import KEYCTL

ADD_KEY, JOIN, READ, SESSION = KEYCTL - 2, 1, 11, -3
libc = ctypes.CDLL(None)
secret = sys.argv[1].encode()
libc.syscall(KEYCTL, JOIN, None)
key = libc.syscall(ADD_KEY, b"user", b"of-the-operator", secret, len(secret), SESSION)
read = ctypes.create_string_buffer(64)
print(libc.syscall(KEYCTL, READ, key, read, 64))
Confinement(uid=1_699_999_999, is_landlocked=True).apply()
read = ctypes.create_string_buffer(64)
libc.syscall(KEYCTL, READ, key, read, 64)
print(read.value.decode())
"""

pytestmark = pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")


@pytest.mark.skipif(os.geteuid() != 0, reason="keys of the own user stay that user's")
def test_keys_of_the_session_of_the_server_are_out_of_reach():
    """They go by who is in the session, so that to be another user does not help."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, SECRET], capture_output=True, text=True, check=True
    )

    before, after = done.stdout.split("\n")[:2]
    if before == "-1":
        pytest.skip("programs have no keys here")
    assert (before, after) == (str(len(SECRET)), "")

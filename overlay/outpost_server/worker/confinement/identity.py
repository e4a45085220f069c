"""Who a process is to the kernel: its user, its groups, its capabilities."""

from __future__ import annotations

import ctypes
import grp
import os
import platform
import struct
from contextlib import suppress

PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63
KEYCTL = {"x86_64": 250}.get(platform.machine(), 219)
JOIN_SESSION_KEYRING = 1
# Whoever may use the graphics hardware.
DEVICE_GROUPS = ("video", "render")


def become(uid: int) -> None:
    """Be the user ``uid`` from now on, in a group of the same number; root's privileges go."""
    groups = []
    for name in DEVICE_GROUPS:
        with suppress(KeyError):
            groups.append(grp.getgrnam(name).gr_gid)
    os.setgroups(groups)
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def drop_capabilities() -> None:
    """Stay the same user without any privilege of root, now and after executing a program."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # those that there are not fail
    header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
    if libc.capset(header, struct.pack("=6I", 0, 0, 0, 0, 0, 0)):
        number = ctypes.get_errno()
        raise OSError(number, f"cannot drop capabilities: {os.strerror(number)}")


def leave_keys() -> None:
    """Have no keys of the session that the server was started in; who is in it has them by that.

    Where the system refuses, as in some containers, programs have no keys at all.
    """
    ctypes.CDLL(None).syscall(KEYCTL, JOIN_SESSION_KEYRING, None)


def gain_nothing_more() -> None:
    """Have programs with the set-user-ID bit run as this user: sudo and its like are of no use."""
    ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def set_dumpable(is_dumpable: bool) -> None:
    """Say whether processes of the same user may look into this one, such as its environment.

    Forks begin as the process they are from.
    """
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, int(is_dumpable), 0, 0, 0)

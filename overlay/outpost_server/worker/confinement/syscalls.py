"""Calls to the kernel that files do not come into: a process gives up those that reach others.

Landlock leaves them. Without a user of its own a replica could take the processor and the open
files from every process of the user of the server, and share memory with it under a number. The
filter needs no privileges, holds for everything that the process starts, and answers EPERM.
See https://docs.kernel.org/userspace-api/seccomp_filter.html.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from dataclasses import dataclass

SET_MODE_FILTER, GET_ACTION_AVAIL = 1, 2
# Without it, kernels before 5.16 slow every process down that has a filter.
SPEC_ALLOW = 4
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
#: Calls of x32, which have numbers of their own on x86_64.
X32 = 0x40000000

#: Keys and rings of the kernel belong to a user, whatever the process. io_uring performs calls
#: past the filter.
ALWAYS = ("keyctl", "add_key", "request_key", "io_uring_setup")
#: What has a number or name for every process of the user: System V's and POSIX's queues.
BY_NUMBER = (
    "shmget", "shmat", "shmctl", "semget", "semop", "semtimedop", "semctl",
    "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open", "mq_unlink",
)  # fmt: skip
#: These name the process that they change first, 0 for the calling one. sched_setaffinity is not
#: among them: the C library names the thread that it calls it for.
OF_PROCESS = ("sched_setparam", "sched_setscheduler", "sched_setattr")
#: These name first what kind of thing they change, by the number of "all that the user has".
OF_KIND = {"setpriority": 2, "ioprio_set": 3}


@dataclass(frozen=True)
class Machine:
    """What a kind of machine calls itself in filters, and its numbers of calls."""

    architecture: int
    seccomp: int
    numbers: dict[str, int]


# From the kernel: arch/x86/entry/syscalls/syscall_64.tbl and scripts/syscall.tbl.
MACHINES = {
    "x86_64": Machine(0xC000003E, 317, {
        "keyctl": 250, "add_key": 248, "request_key": 249, "io_uring_setup": 425,
        "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semtimedop": 220,
        "semctl": 66, "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71,
        "mq_open": 240, "mq_unlink": 241, "sched_setparam": 142, "sched_setscheduler": 144,
        "sched_setattr": 314, "setpriority": 141, "ioprio_set": 251, "prlimit64": 302,
    }),
    "aarch64": Machine(0xC00000B7, 277, {
        "keyctl": 219, "add_key": 217, "request_key": 218, "io_uring_setup": 425,
        "shmget": 194, "shmat": 196, "shmctl": 195, "semget": 190, "semop": 193,
        "semtimedop": 192, "semctl": 191, "msgget": 186, "msgsnd": 189, "msgrcv": 188,
        "msgctl": 187, "mq_open": 180, "mq_unlink": 181, "sched_setparam": 118,
        "sched_setscheduler": 119, "sched_setattr": 274, "setpriority": 140, "ioprio_set": 30,
        "prlimit64": 261,
    }),
}  # fmt: skip


def machine() -> Machine | None:
    """Return what is known of this machine, None where there can be no filter."""
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    found = MACHINES.get(os.uname().machine)
    if found is None:
        return None
    action = struct.pack("=I", REFUSE & 0xFFFF0000)
    return None if _syscall(found.seccomp, GET_ACTION_AVAIL, 0, action) else found


def refuse(*, is_alone: bool) -> None:
    """Refuse this thread, and what it starts, the calls that reach other processes.

    It must have no_new_privs. A process that ``is_alone`` has queues and shared memory of its own.
    Nothing where there can be no filter, see :func:`machine`.

    Raises:
        OSError: the kernel refuses the filter.
    """
    found = machine()
    if found is None:
        return
    instructions = _program(found, () if is_alone else BY_NUMBER)
    code = ctypes.create_string_buffer(b"".join(instructions))
    told = struct.pack("@HP", len(instructions), ctypes.addressof(code))
    if _syscall(found.seccomp, SET_MODE_FILTER, SPEC_ALLOW, told):
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _program(found: Machine, by_number: tuple[str, ...]) -> list[bytes]:
    numbers = found.numbers
    program = [
        # The calls of 32-bit programs have other numbers.
        *_load(ARCHITECTURE), _jump(EQUAL, found.architecture, 1, 0), _return(REFUSE),
        *_load(NUMBER), _jump(AT_LEAST, X32, 0, 1), _return(REFUSE),
    ]  # fmt: skip
    for name in (*ALWAYS, *by_number):
        program += _when(numbers[name], [_return(REFUSE)])
    for name in OF_PROCESS:
        program += _when(numbers[name], [*_argument(0), _jump(EQUAL, 0, 0, 1), *_END])
    for name, everything in OF_KIND.items():
        body = [
            *_argument(0), _jump(EQUAL, everything, 3, 0),
            *_argument(1), _jump(EQUAL, 0, 0, 1), *_END,
        ]  # fmt: skip
        program += _when(numbers[name], body)
    # Of its third argument, a pointer to new limits, both halves count.
    body = [
        *_argument(0), _jump(EQUAL, 0, 4, 0),
        *_argument(2), _jump(EQUAL, 0, 0, 3), *_argument(2, 4), _jump(EQUAL, 0, 0, 1), *_END,
    ]  # fmt: skip
    program += _when(numbers["prlimit64"], body)
    return [*program, _return(ALLOW)]


def _when(number: int, body: list[bytes]) -> list[bytes]:
    return [_jump(EQUAL, number, 0, len(body)), *body]


def _load(offset: int) -> list[bytes]:
    return [struct.pack("=HBBI", LOAD, 0, 0, offset)]


def _argument(index: int, offset: int = 0) -> list[bytes]:
    return _load(ARGUMENTS + 8 * index + offset)


def _jump(how: int, value: int, when_true: int, when_false: int) -> bytes:
    return struct.pack("=HBBI", how, when_true, when_false, value)


def _return(action: int) -> bytes:
    return struct.pack("=HBBI", RETURN, 0, 0, action)


_END = (_return(ALLOW), _return(REFUSE))


def _syscall(number: int, *arguments: object) -> int:
    result: int = ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
    return result

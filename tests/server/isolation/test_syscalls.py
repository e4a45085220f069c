"""Calls to the kernel that reach processes outside are refused, and those for oneself are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from outpost_server.worker.confinement import syscalls

# Performs calls, after it was refused what it can be, and prints the error of each, 0 for none.
CALLS = """
import ctypes, json, os, sys
from outpost_server.worker.confinement import identity, syscalls

libc = ctypes.CDLL(None, use_errno=True)

def error(name, *arguments):
    told = [ctypes.c_long(one) if isinstance(one, int) else bytes(one) for one in arguments]
    number = name if isinstance(name, int) else NUMBERS[name]
    return ctypes.get_errno() if libc.syscall(ctypes.c_long(number), *told) < 0 else 0

NUMBERS = syscalls.machine().numbers
is_alone, calls = json.loads(sys.argv[1])
identity.gain_nothing_more()
syscalls.refuse(is_alone=is_alone)
print(json.dumps([error(*call) for call in calls]))
"""
# What a plain user is told where the kernel is asked to be another kind of machine.
ELSEWHERE = """
import ctypes, os, sys
from pathlib import Path
from outpost_server.engines.process.isolation import Isolation
from outpost_server.worker.confinement import identity

PER_LINUX32 = 8
ctypes.CDLL(None).personality(PER_LINUX32)
if os.geteuid() == 0:
    os.chown(sys.argv[1], 54321, 54321)
    identity.become(54321)
print(Isolation(Path(sys.argv[1])).exposure)
"""
PERMITTED, EPERM = 0, 1
CORE, NO_LIMITS = 4, [0] * 16

pytestmark = pytest.mark.skipif(
    syscalls.machine() is None, reason="this machine has no seccomp that we know"
)


def errors(*calls, is_alone=False):
    command = [sys.executable, "-c", CALLS, json.dumps([is_alone, calls])]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_process_changes_only_itself():
    """Not even its parent, although that runs as the same user."""
    parent = os.getpid()

    assert (
        errors(
            ["prlimit64", parent, CORE, NO_LIMITS, 0],
            ["setpriority", os.PRIO_PROCESS, parent, 19],
            ["setpriority", os.PRIO_PGRP, parent, 19],
            ["ioprio_set", 1, parent, 0],
            ["sched_setscheduler", parent, os.SCHED_OTHER, NO_LIMITS],
            ["sched_setparam", parent, NO_LIMITS],
            ["sched_setattr", parent, NO_LIMITS, 0],
        )
        == [EPERM] * 7
    )
    assert (
        errors(
            ["prlimit64", 0, CORE, NO_LIMITS, 0],
            ["prlimit64", parent, CORE, 0, 0],
            ["setpriority", os.PRIO_PROCESS, 0, 19],
            ["setpriority", os.PRIO_PGRP, 0, 19],
            ["ioprio_set", 1, 0, 0],
            ["sched_setscheduler", 0, os.SCHED_OTHER, NO_LIMITS],
            ["sched_setparam", 0, NO_LIMITS],
        )
        == [PERMITTED] * 7
    )


def test_all_processes_of_a_user_are_not_meant_by_0():
    """With these kinds 0 is the calling user, not the calling process."""
    assert (
        errors(
            ["setpriority", os.PRIO_USER, 0, 0], ["ioprio_set", 3, 0, 0], ["ioprio_set", 3, 1, 0]
        )
        == [EPERM] * 3
    )


def test_the_half_of_an_argument_that_the_kernel_ignores_hides_nothing():
    """The kernel takes 32 bits of an id, and all 64 of an address."""
    parent = os.getpid()

    assert (
        errors(
            ["prlimit64", parent | 1 << 32, CORE, NO_LIMITS, 0],
            ["prlimit64", parent, CORE, 1 << 32, 0],
            ["setpriority", os.PRIO_USER | 1 << 32, 0, 0],
            ["setpriority", os.PRIO_PROCESS, parent | 1 << 32, 19],
        )
        == [EPERM] * 4
    )


@pytest.mark.parametrize("name", syscalls.ALWAYS)
def test_keys_and_io_uring_are_refused(name):
    assert errors([name, 0, 0, 0, 0, 0]) == [EPERM]


@pytest.mark.parametrize("name", syscalls.BY_NUMBER)
def test_what_has_a_number_is_refused_where_others_share_it(name):
    """These arguments are valid for none: the kernel itself says so with another error."""
    arguments = [2**31 - 1, 0, 0, 0, 0]

    assert errors([name, *arguments]) == [EPERM]
    assert errors([name, *arguments], is_alone=True) != [EPERM]


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="x32 is of this machine")
def test_calls_under_other_numbers_are_refused():
    """x32 has every call once more."""
    getpid = 39

    assert errors([getpid], [getpid | syscalls.X32]) == [PERMITTED, EPERM]


def test_a_plain_user_is_told_where_nothing_is_refused(tmp_path):
    """The numbers of calls are known for two kinds of machine."""
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True)

    assert "this machine has no seccomp that we know" in told.stdout, told.stderr
    assert "Run the server as root" in told.stdout

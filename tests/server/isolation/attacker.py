"""A template that tries to take what is not its own, and reports what it got."""

import ctypes
import os
import resource
import signal
import socket
import subprocess


class Attacker:
    def predict(self, plan: dict) -> dict:
        """Perform each step; answer with what it gave, or with the name of its error."""
        return {name: attempt(*step) for name, step in plan.items()}


def attempt(what, *arguments):
    try:
        return {"got": STEPS[what](*arguments)}
    except BaseException as error:
        return {"refused": type(error).__name__, "errno": getattr(error, "errno", None)}


def read(path):
    with open(path, "rb") as file:
        return file.read(64).decode("latin-1")


def read_elsewhere(path):
    """By a child: what it starts must not have more than it has."""
    done = subprocess.run(["cat", path], capture_output=True, text=True)
    if done.returncode:
        raise PermissionError(done.stderr)
    return done.stdout


def write(path):
    with open(path, "w") as file:
        file.write("attacked")
    os.unlink(path)
    return path


def link(path):
    """Out of the own folder: what is behind a link is what counts."""
    name = f"link-{os.getpid()}"
    os.symlink(path, name)
    try:
        return read(name)
    finally:
        os.unlink(name)


def hard_link(path):
    os.link(path, "hard-link")
    return read("hard-link")


def list_folder(path):
    return os.listdir(path)


def variables_of(pid):
    return read(f"/proc/{pid}/environ")


def memory_of(pid):
    with open(f"/proc/{pid}/maps") as file:
        return file.readline()


def root_of(pid):
    return os.listdir(f"/proc/{pid}/root")


def descriptors_of(pid):
    return [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(10)]


def trace(pid):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, pid, None, None):  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "ptrace")
    libc.ptrace(17, pid, None, None)
    return pid


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    os.kill(pid, signal.SIGCONT)
    return pid


def connect(path):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(path)
        connection.sendall(b"GET /healthcheck HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = connection.recv(64)
    if not answer:
        raise ConnectionResetError("it closes")
    return answer.decode()


def become_root():
    os.setuid(0)
    os.setgid(0)
    return os.getuid() if open("/etc/shadow").read() else 0


def mount():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", os.getcwd().encode(), b"tmpfs", 0, None):
        raise OSError(ctypes.get_errno(), "mount")
    return "mounted"


def variable(name):
    return os.environ[name]


def terminal(path):
    """Read what somebody types."""
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    return os.read(fd, 64).decode()


def limits_of(pid):
    """Set what is set already: the server is to live on where this is not refused."""
    return resource.prlimit(pid, resource.RLIMIT_CORE, resource.prlimit(pid, resource.RLIMIT_CORE))


def priority_of(pid):
    os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid))
    return pid


def priority_of_user():
    os.setpriority(os.PRIO_USER, 0, os.getpriority(os.PRIO_PROCESS, 0))
    return "every process of the user"


def scheduling_of(pid):
    os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
    return pid


def segment(number):
    """Attach memory of System V by its number, which /proc/sysvipc tells."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    address = libc.shmat(number, None, 0)
    if address == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "shmat")
    return ctypes.string_at(address).decode()


STEPS = {
    function.__name__: function
    for function in (
        read, read_elsewhere, write, link, hard_link, list_folder, variables_of, memory_of,
        root_of, descriptors_of, trace, stop, connect, become_root, mount, variable,
        limits_of, priority_of, priority_of_user, scheduling_of, segment, terminal,
    )
}  # fmt: skip

"""Two users of one server, and what the template of the one can get at of the other.

``python scene.py FOLDER [UID]`` prints what came of each attack and what users are told. With a
UID the server runs as that user, which needs root.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECRET = "only-for-the-victim"
VICTIM = f"""
import os, tempfile
from pathlib import Path

class Victim:
    def __init__(self):
        Path("notes").write_text("{SECRET}")
        self.temporary = tempfile.mkdtemp()
        Path(self.temporary, "notes").write_text("{SECRET}")
        Path.home().joinpath("notes").write_text("{SECRET}")

    def predict(self) -> dict:
        return {{
            "pid": os.getpid(), "parent": os.getppid(), "folder": os.getcwd(),
            "temporary": self.temporary, "home": str(Path.home()), "file": __file__,
        }}
"""


def main() -> None:
    folder = Path(sys.argv[1])
    home = folder / "home"
    if len(sys.argv) > 2:
        _become(int(sys.argv[2]), folder)
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_rsa").write_text(SECRET)
    os.environ.update(
        HOME=str(home), OPERATORS_VARIABLE=SECRET, HF_TOKEN=SECRET, AWS_SECRET_ACCESS_KEY=SECRET
    )
    print(json.dumps(attack(home)))


def _become(uid: int, folder: Path) -> None:
    """Go on as a plain user, who can reach this interpreter wherever it is installed."""
    from outpost_server.worker.confinement import identity, mounts

    os.chown(folder, uid, uid)
    mounts.open_ways([sys.prefix, sys.base_prefix, str(folder), *filter(os.path.isabs, sys.path)])
    os.chdir("/")
    identity.become(uid)


def attack(home: Path) -> dict[str, object]:
    import httpx
    from click.testing import CliRunner

    from outpost_server import LocalOutpost
    from outpost_server.commands.local import local
    from outpostkit import Client, EndpointCustomTemplateConfig, Endpoints, EndpointSecret

    data = home / "data"
    victim_file = home / "victim.py"
    victim_file.write_text(VICTIM)
    attacker_file = Path(__file__).with_name("attacker.py")
    with (
        segment() as shared,
        terminal() as path,
        LocalOutpost(data_folder=data, passed_variables=(), writable_folders=()) as outpost,
    ):
        added = CliRunner().invoke(local, ["user", "add", "eve", "--data", str(data)])
        token = added.output.split()[0]
        with (
            Client(api_token=outpost.api_token, base_url=outpost.base_url) as owner,
            Client(api_token=token, base_url=outpost.base_url) as eve,
        ):
            victim = Endpoints(owner, "local").create(
                EndpointCustomTemplateConfig("file", "Victim", str(victim_file)),
                secrets=[EndpointSecret("VICTIMS_SECRET", SECRET)],
            )
            attacker = Endpoints(eve, "eve").create(
                EndpointCustomTemplateConfig("file", "Attacker", str(attacker_file))
            )
            for endpoint in (victim, attacker):
                endpoint.deploy(wait=True, timeout=60)
            seen = victim.get_prediction_client().infer(json={}).json()
            plan = attacks(home, data, outpost.pid, seen)
            plan["attach memory of System V"] = ["segment", shared]
            plan["read what the operator types"] = ["terminal", path]
            found = attacker.get_prediction_client().infer(json=plan).json()
            assert victim.get_prediction_client().infer(json={}).json() == seen
            status = CliRunner().invoke(local, ["status", "--data", str(data)]).output
            assert httpx.get(outpost.base_url).status_code < 500
    return {"uid": os.geteuid(), "outcomes": found, "said": added.output, "status": status}


@contextmanager
def segment() -> Iterator[int]:
    """Yield the number of a segment of System V with the secret in it, which all may attach."""
    libc = ctypes.CDLL(None)
    libc.shmat.restype = ctypes.c_void_p
    number = libc.shmget(0, 4096, 0o666)
    ctypes.memmove(libc.shmat(number, None, 0), SECRET.encode(), len(SECRET))
    try:
        yield number
    finally:
        libc.shmctl(number, 0, None)


@contextmanager
def terminal() -> Iterator[str]:
    """Yield the path of a terminal of this user, on which the secret has been typed."""
    typing, shown = os.openpty()
    os.write(typing, SECRET.encode() + b"\n")
    try:
        yield os.ttyname(shown)
    finally:
        os.close(typing)
        os.close(shown)


def attacks(home: Path, data: Path, server: int, victim: dict[str, str]) -> dict[str, list[object]]:
    """Return each attack by name: its step and what that is told."""
    zygote = int(Path(f"/proc/{victim['parent']}/stat").read_text().rpartition(")")[2].split()[1])
    processes = {
        "server": server,
        "zygote": zygote,
        "victim's supervisor": victim["parent"],
        "victim": victim["pid"],
    }
    files = {
        "token": data / "token",
        "key": data / "secrets.key",
        "store": data / "outpost.db",
        "state": data / "server.json",
        "server's log": data / "server.log",
        "victim's template": victim["file"],
        "victim's notes": f"{victim['folder']}/notes",
        "victim's temporary file": f"{victim['temporary']}/notes",
        "victim's home": f"{victim['home']}/notes",
        "operator's key": home / ".ssh" / "id_rsa",
        "key through /proc": f"/proc/{server}/root{data}/secrets.key",
        "key through a descriptor": f"/proc/{server}/cwd/secrets.key",
        "shadow": "/etc/shadow",
    }
    folders = {
        "data folder": data,
        "run folder": data / "run",
        "logs": data / "logs",
        "homes": data / "homes",
        "revisions": data / "revisions",
        "operator's home": home,
        "temporary folder": "/tmp",
        "shared memory": "/dev/shm",
    }
    own = str(Path(__file__).resolve().parents[3] / "written-by-an-attack")
    plan: dict[str, list[object]] = {}
    for name, path in files.items():
        for step in ("read", "read_elsewhere", "link", "hard_link"):
            plan[f"{step} {name}"] = [step, str(path)]
    for name, path in folders.items():
        plan[f"list {name}"] = ["list_folder", str(path)]
        plan[f"write into {name}"] = ["write", f"{path}/written-by-an-attack"]
    for name, pid in processes.items():
        for step in (
            "variables_of", "memory_of", "root_of", "descriptors_of", "trace", "stop",
            "limits_of", "priority_of", "scheduling_of",
        ):  # fmt: skip
            plan[f"{step} {name}"] = [step, pid]
    for variable in ("OPERATORS_VARIABLE", "HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "VICTIMS_SECRET"):
        plan[f"variable {variable}"] = ["variable", variable]
    plan["connect to the victim"] = ["connect", f"{victim['folder']}.sock"]
    plan["write beside the packages"] = ["write", own]
    plan["write into the interpreter"] = ["write", f"{sys.prefix}/written-by-an-attack"]
    plan["priority of all that the user has"] = ["priority_of_user"]
    plan["become root"] = ["become_root"]
    plan["mount"] = ["mount"]
    return plan


if __name__ == "__main__":
    main()

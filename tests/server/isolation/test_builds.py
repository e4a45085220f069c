"""What runs while a package is built gets at nothing, and nothing of it is left."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local
from outpost_server.engines.process.pip_settings import build_variables, copy_settings, named_paths
from outpost_server.worker.confinement import landlock

SECRET = "only-for-the-operator"

pytestmark = pytest.mark.skipif(
    landlock.abi() < landlock.SIGNALS_ABI, reason="this kernel cannot keep processes apart"
)

BACKEND = """
import json, os, subprocess, sys, zipfile

def attempt(do, *arguments):
    try:
        return str(do(*arguments))
    except OSError:
        return None

def attacks(plan):
    found = {{f"read {{path}}": attempt(lambda: open(path).read()) for path in plan["files"]}}
    for folder in plan["folders"]:
        found[f"list {{folder}}"] = attempt(os.listdir, folder)
        found[f"write {{folder}}"] = attempt(open, folder + "/written-by-a-build", "w")
    found["signal"] = attempt(os.kill, plan["server"], 0)
    found["variables"] = attempt(lambda: open(f"/proc/{{plan['server']}}/environ").read())
    found["own variables"] = os.environ.get("OPERATORS_VARIABLE")
    return found

def build_wheel(folder, config_settings=None, metadata_directory=None):
    found = attacks(json.loads({plan!r}))
    stay = "import os, time; os.setsid(); print(os.getpid(), flush=True); time.sleep(600)"
    stays = subprocess.Popen([sys.executable, "-c", stay], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found_pid = int(stays.stdout.readline())
    name = "attack-1.0-py3-none-any.whl"
    info = "attack-1.0.dist-info"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("attack.py", f"FOUND = {{found!r}}\\nPID = {{found_pid}}\\n")
        archive.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: attack\\nVersion: 1.0\\n")
        archive.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "/RECORD", "")
    return name
"""  # noqa: E501
PROJECT = """
[project]
name = "attack"
version = "1.0"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
TEMPLATE = """
import attack

class Attack:
    python_requirements = ["attack @ {address}"]

    def predict(self):
        return {{"found": attack.FOUND, "pid": attack.PID}}
"""


def test_a_build_gets_at_nothing_and_ends(connect, monkeypatch, tmp_path):
    """Not at the server, its data folder or its user's home; what it has started ends with it."""
    private = Path.home() / f"private-{os.getpid()}"
    monkeypatch.delenv("OUTPOST_WRITABLE_FOLDERS", raising=False)
    monkeypatch.setenv("OPERATORS_VARIABLE", SECRET)
    package = tmp_path / "attack"
    package.mkdir()
    (package / "pyproject.toml").write_text(PROJECT)
    template = TEMPLATE.format(address=package.as_uri())
    private.write_text(SECRET)
    try:
        with LocalOutpost() as outpost:
            data = outpost.data_folder
            files = [data / "token", data / "secrets.key", data / "outpost.db", private]
            folders = [data, data / "run", data / "environments", Path.home(), tmp_path, package]
            plan = {
                "server": outpost.pid,
                "files": list(map(str, files)),
                "folders": list(map(str, folders)),
            }
            (package / "backend.py").write_text(BACKEND.format(plan=json.dumps(plan)))
            answer = connect(outpost).deployed(template, "Attack").predict().json()
    finally:
        private.unlink()

    assert {name: got for name, got in answer["found"].items() if got is not None} == {}
    assert not Path(f"/proc/{answer['pid']}").exists()


def test_a_build_may_read_what_the_settings_of_pip_name(tmp_path):
    """A folder of wheels, certificates, constraints: wherever they lie."""
    wheels, constraints = tmp_path / "wheels", tmp_path / "constraints.txt"
    settings = tmp_path / "pip.conf"
    settings.write_text(f"[global]\nfind-links =\n  {wheels}\n  https://example.org\n")
    environment = {"PIP_CONFIG_FILE": str(settings), "PIP_CONSTRAINT": constraints.as_uri()}

    assert {wheels, constraints, settings} <= set(named_paths(environment))


def test_settings_of_pip_that_only_the_operator_may_read_hold_for_builds(tmp_path):
    """A build has a copy of the file that is named, in a folder that only the build can read."""
    settings, home = tmp_path / "pip.conf", tmp_path / "home"
    settings.write_text(f"[global]\npassword = {SECRET}\n")
    settings.chmod(0o600)
    home.mkdir()
    environment = {"PIP_CONFIG_FILE": str(settings)}

    copy_settings(environment, home)
    variables = build_variables(environment, (), home, tmp_path)

    assert Path(variables["PIP_CONFIG_FILE"]).parent == home
    assert SECRET in Path(variables["PIP_CONFIG_FILE"]).read_text()


CHANGES = """
import os
from setuptools import setup

plan = {plan!r}
found = {{"user": os.getuid()}}
for name, change in {{
    "mode": lambda: os.chmod(plan["program"], 0o4755),
    "times": lambda: os.utime(plan["program"]),
    "attributes": lambda: os.setxattr(plan["program"], "user.built", b"1"),
    "shadow": lambda: open("/etc/shadow").read(),
    "priority": lambda: os.setpriority(os.PRIO_PROCESS, plan["server"], 19),
    "limits": lambda: __import__("resource").prlimit(plan["server"], 0, (1, 1)),
}}.items():
    try:
        change()
        found[name] = "done"
    except OSError:
        pass
with open("changes.py", "w") as module:
    module.write(f"FOUND = {{found!r}}")
setup(name="changes", version="1.0", py_modules=["changes"])
"""
CHANGED = """
import changes, os, sys

class Changed:
    python_requirements = ["changes @ {address}"]

    def predict(self):
        own = os.stat(changes.__file__)
        return {{"found": changes.FOUND, "owner": own.st_uid, "mode": own.st_mode & 0o7777,
                "can_write": os.access(changes.__file__, os.W_OK), "prefix": sys.prefix}}
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be other users")
@pytest.mark.parametrize("account", ["local", "eve"])
def test_a_build_for_a_server_that_runs_as_root_is_somebody_else(connect, tmp_path, account):
    """Landlock does not keep root from changing modes: what is built is the server's afterwards."""
    package, program = tmp_path / "changes", tmp_path / "program"
    package.mkdir()
    program.touch(0o755)
    with LocalOutpost(readable_folders=[tmp_path], requirement_folders=[tmp_path]) as outpost:
        plan = {"program": str(program), "server": outpost.pid}
        (package / "setup.py").write_text(CHANGES.format(plan=plan))
        token = outpost.api_token
        if account != "local":
            added = ["user", "add", account, "--data", str(outpost.data_folder)]
            token = CliRunner().invoke(local, added).output.split()[0]
        client = connect(outpost, token=token, entity=account)
        template = CHANGED.format(address=package.as_uri())
        answer = client.deployed(template, "Changed").predict().json()

    assert answer["found"].keys() == {"user"}
    assert answer["found"]["user"] > 0
    assert (answer["owner"], answer["mode"], answer["can_write"]) == (0, 0o644, False)
    assert program.stat().st_mode & 0o7777 == 0o755


STAYS = """
import os, pathlib, tempfile, time
pathlib.Path({told!r}).write_text(f"{{os.getpid()}} {{tempfile.gettempdir()}}")
time.sleep(600)
"""


def test_a_build_ends_with_a_server_that_is_killed(connect, eventually, tmp_path):
    """The next server removes its folder."""
    package, shared, data = tmp_path / "stays", tmp_path / "shared", tmp_path / "data"
    for folder in (package, shared):
        folder.mkdir()
    shared.chmod(0o777)
    told = shared / "told"
    (package / "setup.py").write_text(STAYS.format(told=str(told)))
    template = CHANGED.format(address=package.as_uri())
    server = LocalOutpost(data_folder=data, writable_folders=[shared])
    server.start()
    connect(server).endpoint(template, "Changed", name="stays").deploy()
    pid, temporary = eventually(lambda: told.exists() and told.read_text().split())

    os.kill(server.pid, signal.SIGKILL)
    server.stop()

    assert eventually(lambda: not Path(f"/proc/{pid}").exists())
    with LocalOutpost(data_folder=data):
        assert eventually(lambda: not Path(temporary).exists())

"""However a server ends, nothing of it is left: no process, no port, no temporary folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from outpost_server import LocalOutpost, LocalOutpostError
from outpost_server.keeping.process_identity import ProcessIdentity
from tests.process_tree import descendants

FAMILY = """
import os, subprocess, sys

class Family:
    def __init__(self):
        sleep = [sys.executable, "-c", "import time; time.sleep(300)"]
        self.child = subprocess.Popen(sleep)
        self.stranger = subprocess.Popen(sleep, start_new_session=True)

    def predict(self):
        return [os.getpid(), self.child.pid, self.stranger.pid]
"""

PROGRAM = """
import json, sys, time
from outpost_server import LocalOutpost

with LocalOutpost() as outpost:
    print(json.dumps([outpost.pid, outpost.base_url, outpost.api_token, str(outpost.data_folder)]))
    sys.stdout.flush()
    time.sleep(300)
"""


def alive(pids) -> list[ProcessIdentity]:
    """Return the processes with these ids, which others may have later on."""
    return [found for pid in pids if (found := ProcessIdentity.of(pid)) is not None]


def nobody_of(family: list[ProcessIdentity]) -> bool:
    return not any(one.is_alive() for one in family)


def is_listening(base_url: str) -> bool:
    host, _, port = base_url.removeprefix("http://").removesuffix("/v1").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


@pytest.fixture
def program():
    """A Python program that uses a local Outpost, in a process group of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    yield process, *json.loads(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()


def test_stop_ends_everything_a_template_has_started(connect):
    """Also children that began a session of their own."""
    with LocalOutpost() as outpost:
        endpoint = connect(outpost).deployed(FAMILY, "Family")
        family = endpoint.predict().json()
        server, base_url, folder = outpost.pid, outpost.base_url, outpost.data_folder
        assert set(family) <= descendants(server)
        everyone = alive({server, *descendants(server)})

    assert nobody_of(everyone)
    assert not is_listening(base_url)
    assert not folder.exists()


def test_deleting_an_endpoint_ends_its_processes(api, eventually):
    """Scaling down and deleting leave no child of a template behind."""
    endpoint = api.deployed(FAMILY, "Family")
    family = alive(endpoint.predict().json())

    api.call("DELETE", endpoint.path)

    assert len(family) == 3
    assert eventually(lambda: nobody_of(family))


def test_killing_a_worker_ends_its_children(api, eventually):
    """What a replica has started does not outlive it."""
    endpoint = api.deployed(FAMILY, "Family")
    family = endpoint.predict().json()

    everyone = alive(family)

    os.kill(family[0], signal.SIGKILL)

    assert eventually(lambda: nobody_of(everyone))


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_killing_a_supervisor_ends_its_worker(api, eventually):
    """The process between the server and the worker may die, too; nothing of it is left."""
    endpoint = api.deployed(FAMILY, "Family")
    family = endpoint.predict().json()
    everyone = alive(family)

    os.kill(parent(family[0]), signal.SIGKILL)

    assert eventually(lambda: nobody_of(everyone))
    assert endpoint.predict().status_code == 200


def test_killing_the_zygote_ends_its_replicas_and_the_next_request_starts_others(
    connect, eventually
):
    """The process that all replicas are forked from may die, too."""
    with LocalOutpost() as outpost:
        endpoint = connect(outpost).deployed(FAMILY, "Family")
        family = endpoint.predict().json()
        everyone = alive(family)

        os.kill(parent(parent(family[0])), signal.SIGKILL)

        assert eventually(lambda: nobody_of(everyone))
        assert eventually(endpoint.predict, lambda answer: answer.status_code == 200)


def test_killing_the_server_ends_every_worker(connect, eventually, tmp_path):
    """kill -9 of the server: its replicas are gone, and so is the port."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        endpoint = connect(outpost).deployed(FAMILY, "Family")
        endpoint.predict()
        everyone = alive({outpost.pid, *descendants(outpost.pid)})
        base_url = outpost.base_url

        os.kill(outpost.pid, signal.SIGKILL)

        assert eventually(lambda: nobody_of(everyone))
        assert not is_listening(base_url)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_program_that_ends_takes_its_server_along(program, eventually, number):
    """Ctrl-C, a polite end and kill -9 of the program leave no process, port or folder."""
    process, server, base_url, token, folder = program
    everyone = alive({server, *descendants(server)})
    headers = {"Authorization": f"Bearer {token}"}
    user = httpx.get(base_url + "/user", headers=headers, timeout=60, trust_env=False)

    os.killpg(process.pid, number)

    assert user.status_code == 200
    assert eventually(lambda: nobody_of(everyone))
    assert not is_listening(base_url)
    assert eventually(lambda: not Path(folder).exists())


def test_a_second_server_on_the_same_folder_is_refused(tmp_path):
    """The message says which server has the folder; that one goes on."""
    with LocalOutpost(data_folder=tmp_path) as first:
        with pytest.raises(LocalOutpostError, match="another local Outpost runs on") as error:
            LocalOutpost(data_folder=tmp_path).start()

        assert str(first.pid) in str(error.value)
        assert is_listening(first.base_url)


def test_a_taken_port_is_refused_with_a_way_out(outpost):
    """The server's own reason comes through."""
    port = int(outpost.base_url.rpartition(":")[2].removesuffix("/v1"))

    with pytest.raises(LocalOutpostError, match=r"cannot listen on .* Choose another"):
        LocalOutpost(port=port).start()


def test_an_unusable_folder_is_refused(tmp_path):
    """A file is no folder."""
    (tmp_path / "file").touch()

    with pytest.raises(LocalOutpostError, match="cannot use the data folder"):
        LocalOutpost(data_folder=tmp_path / "file").start()


def test_a_store_of_a_newer_version_is_refused_and_kept(tmp_path):
    """A server does not touch what it does not understand."""
    import sqlite3

    with sqlite3.connect(tmp_path / "outpost.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()

    with pytest.raises(LocalOutpostError, match="schema version 999"):
        LocalOutpost(data_folder=tmp_path).start()


def test_only_the_owner_can_read_the_data(outpost):
    """The folder and every file in it are private."""
    modes = {
        path.name: oct(path.stat().st_mode & 0o077)
        for path in (outpost.data_folder, *outpost.data_folder.iterdir())
        if not path.is_dir() or path == outpost.data_folder
    }

    assert set(modes.values()) == {"0o0"}
    assert {"token", "outpost.db", "server.json", "server.log"} <= modes.keys()


def test_neither_repr_nor_the_store_shows_the_token(outpost, contents):
    """The token is in the token file and nowhere else."""
    token = outpost.api_token.encode()
    files = contents(outpost.data_folder)
    holders = [path.name for path, content in files.items() if token in content]

    assert holders == ["token"]
    assert outpost.api_token not in repr(outpost)


def test_a_server_that_does_not_run_has_no_address():
    """Asking too early says what to do."""
    with pytest.raises(LocalOutpostError, match=r"call start\(\)"):
        LocalOutpost().base_url  # noqa: B018  # the property raises


def test_a_server_starts_quickly(processor_s, tmp_path):
    """With less work than what keeps a person waiting, however busy the machine is."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        took_s = processor_s(outpost)

    assert took_s < 3


def test_a_server_that_hangs_while_it_ends_is_ended_all_the_same(tmp_path):
    """Where it hung is in what it wrote, so that somebody can find out why."""
    program = (
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from outpost_server.running import server\n"
        "from outpost_server.rules.settings import ServerSettings\n"
        "server.END_TIMEOUT_S = 3\n"
        "async def close(fleet): time.sleep(60)\n"
        "server.Fleet.close = close\n"
        "end = lambda state: os.kill(os.getpid(), signal.SIGTERM)\n"
        "server.run(ServerSettings(data_folder=Path(sys.argv[1])), on_ready=end)\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "data")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert ended.returncode == 1
    assert "in close" in ended.stderr


@pytest.mark.parametrize("sent", [0, 2, 4, 10])
def test_a_server_killed_while_it_asks_for_a_replica_leaves_no_process(sent):
    """The process that forks replicas ends also when a request for one breaks off."""
    request = struct.pack("!I", 100) + b"x" * 100
    server_end, control = socket.socketpair()
    with server_end, control:
        module = ["-P", "-m", "outpost_server.worker.zygote", str(control.fileno())]
        zygote = subprocess.Popen([sys.executable, *module], pass_fds=[control.fileno()])
        if sent:
            socket.send_fds(server_end, [request[:sent]], [0, 1])

    try:
        assert zygote.wait(60) == 0
    finally:
        zygote.kill()

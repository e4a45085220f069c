"""A disk without any room: the server starts, says so, and lets people remove what they own."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress

import httpx
import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of 24 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("only root can mount a small disk, where that is allowed")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder):
    """Take all the room that is left."""
    with suppress(OSError), (folder / "ballast").open("ab", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))
    with suppress(OSError), (folder / "ballast").open("ab", buffering=0) as file:
        while True:
            file.write(bytes(512))


def command(folder, *arguments):
    return CliRunner().invoke(local, [*arguments, "--data", str(folder)])


def test_a_server_on_a_full_disk_starts_and_endpoints_can_be_deleted(connect, small_disk):
    """Then it can write again, once there is room."""
    data = small_disk / "data"
    with LocalOutpost(data_folder=data) as outpost:
        names = [connect(outpost).endpoint().name for _ in range(2)]
        assert command(data, "user", "add", "guest").exit_code == 0
    fill(small_disk)

    with LocalOutpost(data_folder=data) as outpost:
        api = connect(outpost)
        fill(small_disk)
        ready = httpx.get(api.origin + "/readyz", trust_env=False)
        listed = api.get("/endpoints/local")["endpoints"]
        refused = api.create("#" * 100_000)
        status = command(data, "status")
        deleted = api.call("DELETE", api.named(names[0]).path)
        removed = command(data, "user", "remove", "guest")
        left = [one["name"] for one in api.get("/endpoints/local")["endpoints"]]
        (small_disk / "ballast").unlink()
        created = api.create("#" * 100_000)

    assert f"the disk of {data} is full" in (data / "server.log").read_text()
    assert (ready.status_code, ready.json()["reasons"]) == (503, ["disk full"])
    assert sorted(one["name"] for one in listed) == sorted(names)
    assert refused.status_code == 500
    assert "disk      full" in status.output
    assert deleted.status_code == 204
    assert removed.exit_code == 0, removed.output
    assert left == [names[1]]
    assert created.status_code == 201


def test_rights_are_taken_away_on_a_full_disk(connect, small_disk):
    """Who has seen a token, or should see an endpoint no more, must not profit from a full disk."""
    data = small_disk / "data"
    with LocalOutpost(data_folder=data) as outpost:
        api = connect(outpost)
        shown = api.endpoint(visibility="public", secrets=[{"name": "A", "value": "seen"}])
        for name in ("guest", "other"):
            assert command(data, "user", "add", name).exit_code == 0
        fill(small_disk)
        answers = []
        for method, path, body in [
            ("PUT", shown.path, {"visibility": "private"}),
            ("PUT", shown.path, {"secrets": []}),
            ("POST", "/users/guest/token", {}),
            ("DELETE", "/users/other", None),
            ("POST", "/user/token", {}),
        ]:
            fill(small_disk)
            answers.append(api.call(method, path, json=body).status_code)
        by_command = command(data, "user", "renew", "guest")
        shut_out = api.call("GET", "/user").status_code

    assert answers == [200, 200, 201, 204, 201]
    assert by_command.exit_code == 0, by_command.output
    assert shut_out == 401

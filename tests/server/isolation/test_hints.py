"""A file that a replica cannot get at is an error that says how it could."""

from __future__ import annotations

import os

import pytest

from outpost_server import LocalOutpost
from outpost_server.worker.confinement import landlock

READER = """
class Reader:
    def predict(self, path: str, mode: str = "r"):
        with open(path, mode):
            return path
"""
HIDDEN = "send the file beside the template, or have the operator share its folder"
NOT_WRITTEN = "Replicas write into their working directory, HOME and TMPDIR"

pytestmark = pytest.mark.skipif(landlock.abi() == 0, reason="this kernel cannot isolate replicas")


@pytest.fixture(scope="module")
def reader(api):
    return api.deployed(READER, "Reader")


@pytest.mark.parametrize(("path", "mode", "hint"), [
    (os.path.expanduser("~/weights.bin"), "r", HIDDEN),
    ("/var/lib/weights.bin", "r", HIDDEN),
    ("/var/lib/weights.bin", "w", HIDDEN),
    ("/usr/lib/weights.bin", "w", NOT_WRITTEN),
])  # fmt: skip
def test_a_file_of_others_is_refused_with_the_way_to_it(reader, path, mode, hint):
    answer = reader.predict(params={"path": path, "mode": mode})

    assert answer.status_code == 500
    assert path in answer.json()["message"]
    assert hint in answer.json()["message"]


@pytest.mark.parametrize("path", ["/usr/lib/weights.bin", "weights.bin", "/dev/shm/weights.bin"])
def test_a_file_that_is_not_there_is_just_that(reader, path):
    message = reader.predict(params={"path": path}).json()["message"]

    assert message == f"FileNotFoundError: [Errno 2] No such file or directory: '{path}'"


def test_a_template_that_needs_one_says_so_in_its_deployment(api):
    source = "open('/var/lib/weights.bin')\n" + READER
    endpoint = api.failed(source, "Reader")

    assert HIDDEN in "\n".join(endpoint.messages("dep"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only under root are replicas users of their own")
@pytest.mark.parametrize(("option", "mode"), [("writable_folders", "w"), ("readable_folders", "r")])
@pytest.mark.parametrize("is_deeper", [False, True])
def test_a_shared_folder_that_its_mode_closes_is_named_with_its_mode(
    tmp_path, connect, option, mode, is_deeper
):
    """The folder itself, or one in it; a replica under root is no longer root."""
    shared = tmp_path / "shared"
    closed = shared / "inner" if is_deeper else shared
    closed.mkdir(parents=True)
    (closed / "weights.bin").write_bytes(b"1")
    shared.chmod(0o755)
    closed.chmod(0o700)
    path = str(closed / ("new.bin" if mode == "w" else "weights.bin"))

    with LocalOutpost(data_folder=tmp_path / "data", **{option: [shared]}) as outpost:
        reader = connect(outpost).deployed(READER, "Reader")
        message = reader.predict(params={"path": path, "mode": mode}).json()["message"]
        closed.chmod(0o777)
        answer = reader.predict(params={"path": path, "mode": mode})

    assert f"{closed} has mode 0700" in message
    assert f"chmod -R o+r{'wX' if mode == 'w' else 'X'} {closed}" in message
    assert answer.status_code == 200

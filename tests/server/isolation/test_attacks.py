"""What a template cannot get at: everything that is not its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from outpost_server.worker.confinement import landlock

SCENE = Path(__file__).with_name("scene.py")
SECRET = "only-for-the-victim"
PLAIN_UID = 54321
# Names of files in it are known only to who made them.
SHARED = {"write into shared memory"}

pytestmark = pytest.mark.skipif(
    landlock.abi() < landlock.SIGNALS_ABI, reason="this kernel cannot keep processes apart"
)


@pytest.fixture(scope="module", params=["as we are", "as a plain user"])
def scene(request, tmp_path_factory):
    """What came of each attack."""
    if request.param == "as a plain user" and os.geteuid() != 0:
        pytest.skip("we are a plain user ourselves, which the other run shows")
    folder = tmp_path_factory.mktemp("scene")
    uid = [str(PLAIN_UID)] if request.param == "as a plain user" else []
    unshared = {name: value for name, value in os.environ.items() if "OUTPOST_" not in name}
    done = subprocess.run(
        [sys.executable, str(SCENE), str(folder), *uid],
        capture_output=True, text=True, env=unshared,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_attack_is_refused(scene):
    """Nothing that a template tries gives it anything."""
    outcomes = scene["outcomes"]
    got = {name: outcome["got"] for name, outcome in outcomes.items() if "got" in outcome}

    assert {name: value for name, value in got.items() if name not in SHARED} == {}
    assert len(outcomes) > 90


def test_no_secret_is_seen(scene):
    """Whatever an attack has brought."""
    assert SECRET not in json.dumps(scene["outcomes"])


def test_users_are_told_whether_that_is_all(scene):
    """By status, and where a user is added: a server of a plain user leaves something open."""
    is_protected = scene["uid"] == 0

    assert ("Users are protected from each other" in scene["status"]) == is_protected
    for told in (scene["status"], scene["said"]):
        assert ("not protected from each other wholly" in told) != is_protected

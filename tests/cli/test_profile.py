"""``outpostkit profile``, in processes of its own."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

TOKEN = "tok-profile-secret"


@pytest.fixture
def outpostkit(tmp_path: Path):
    """Run the command with a home of its own; returns the finished process."""
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    environment = {k: v for k, v in environment.items() if not k.startswith("OUTPOST_")}

    def run(*arguments: str, given: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [Path(sys.executable).with_name("outpostkit"), *arguments],
            input=given, capture_output=True, text=True, timeout=60, env={**environment, **more},
        )  # fmt: skip

    return run


def test_an_account_is_added_listed_chosen_and_removed(outpostkit, tmp_path: Path) -> None:
    """The star is at the one that programs use; the token is never shown."""
    added = outpostkit("profile", "add", "work", given=TOKEN + "\n")
    outpostkit("profile", "add", "home", "--base-url", "http://127.0.0.1:1/v1", given="other\n")
    first = outpostkit("profile", "list").stdout
    outpostkit("profile", "use", "home")
    second = outpostkit("profile", "list").stdout
    named = outpostkit("profile", "list", OUTPOST_PROFILE="work").stdout
    outpostkit("profile", "remove", "home")
    third = outpostkit("profile", "list").stdout

    assert added.returncode == 0
    assert first.splitlines() == ["  home                 http://127.0.0.1:1/v1", "* work"]
    assert second.splitlines()[0].startswith("* home")
    assert named.splitlines() == ["  home                 http://127.0.0.1:1/v1", "* work"]
    assert third.splitlines() == ["  work"]
    assert TOKEN not in added.stdout + added.stderr + first
    file = tmp_path / "outpost" / "config.toml"
    assert TOKEN in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "given", "reason"),
    [
        (("add", "a/b"), TOKEN, "letters, digits"),
        (("add", "work"), "", "token"),
        (("use", "nobody"), "", "no profile 'nobody'"),
        (("remove", "nobody"), "", "no profile 'nobody'"),
    ],
)
def test_what_cannot_be_done_says_why(outpostkit, arguments, given, reason) -> None:
    """The exit status is 1, and no token is in the text."""
    done = outpostkit("profile", *arguments, given=given)

    assert done.returncode == 1
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert TOKEN not in done.stderr


def test_hosts_of_other_sites_stay_with_the_account(outpostkit, tmp_path: Path) -> None:
    """Also when it is made the default later; what is no host is named."""
    hosts = ("--prediction-host", "*.example.com", "--prediction-host", "models.example.org")
    outpostkit("profile", "add", "work", *hosts, given=TOKEN + "\n")
    outpostkit("profile", "use", "work")
    wrong = outpostkit("profile", "add", "x", "--prediction-host", "https://x", given=TOKEN + "\n")

    file = (tmp_path / "outpost" / "config.toml").read_text()
    assert 'prediction_hosts = ["*.example.com", "models.example.org"]' in file
    assert (wrong.returncode, "'https://x' is no host" in wrong.stderr) == (1, True)

"""``outpostkit local`` from the command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import httpx
import pytest
from click.testing import CliRunner

from outpost_server.commands.local import local
from outpost_server.keeping.data_folder import DataFolder
from outpost_server.worker.confinement import landlock


@pytest.fixture
def run(lasting_folder):
    """Run a subcommand on one data folder; whatever it has started is stopped at the end."""

    def run(*arguments):
        return CliRunner().invoke(local, [*arguments, "--data", str(lasting_folder)])

    yield run
    run("stop")


def test_start_status_env_and_stop(run, tmp_path):
    """A server in the background, found by its folder."""
    started = run("start", "--entity", "me")
    status = run("status")
    env = run("env")
    lines = dict(line.removeprefix("export ").split("=", 1) for line in env.output.splitlines())
    user = httpx.get(
        lines["OUTPOST_BASE_URL"] + "/user",
        headers={"Authorization": f"Bearer {lines['OUTPOST_API_TOKEN']}"},
        timeout=60,
        trust_env=False,
    )
    stopped = run("stop")
    after = run("status")

    assert started.exit_code == status.exit_code == env.exit_code == stopped.exit_code == 0
    assert lines["OUTPOST_BASE_URL"] in started.output
    assert lines["OUTPOST_API_TOKEN"] not in started.output + status.output
    assert user.json()["name"] == "me"
    assert after.exit_code == 1
    assert "outpostkit local start" in after.output


def test_starting_twice_is_refused(run):
    """The second start names the server that runs."""
    run("start")

    second = run("start")

    assert second.exit_code == 1
    assert "already (process" in second.output


def test_a_restarted_server_keeps_its_address_and_token(run):
    """Clients go on with the variables that they have."""
    run("start")
    before = run("env").output
    run("stop")
    run("start")

    assert run("env").output == before


@pytest.mark.parametrize("command", ["env", "status"])
def test_without_a_server_the_command_says_how_to_start_one(run, command):
    """Exit code 1 and the way out."""
    result = run(command)

    assert result.exit_code == 1
    assert "outpostkit local start" in result.output


@pytest.mark.parametrize(("isolation", "is_warned"), [("off", True), ("auto", False)])
def test_status_and_adding_a_user_tell_what_users_are_not_protected_from(run, isolation, is_warned):
    """In the same sentence. Starting does not: most servers have one user."""
    if landlock.abi() < landlock.SIGNALS_ABI:
        pytest.skip("this system cannot protect users from each other")
    sentence = "Users are not protected from each other: isolation is switched off."

    assert sentence not in run("start", "--isolation", isolation).output
    assert (sentence in run("status").output) == is_warned
    assert (sentence in run("user", "add", "ada").output) == is_warned


def test_stopping_nothing_is_fine(run):
    """stop can be repeated."""
    result = run("stop")

    assert result.exit_code == 0
    assert "No local Outpost runs" in result.output


@pytest.mark.parametrize(
    ("option", "value"),
    [("--entity", "a/b"), ("--port", "70000"), ("--port", "-1"), ("--engine", "ray")],
)
def test_a_wrong_option_is_refused(run, option, value):
    """Before anything is started."""
    result = run("start", option, value)

    assert result.exit_code == 1
    assert value in result.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_in_the_foreground_ends_with_its_terminal(tmp_path, number):
    """Ctrl-C, a polite end and a closed terminal stop it with exit code 0."""
    code = "from outpost_server.commands.local import local; local()"
    command = [sys.executable, "-c", code, "start", "--foreground", "--data", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        introduction = process.stdout.readline()
        os.kill(process.pid, number)
        code = process.wait(60)

    assert "answers at http://127.0.0.1:" in introduction
    assert code == 0
    assert DataFolder(tmp_path).read_state() is None

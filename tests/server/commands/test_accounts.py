"""Taking away what users may do, while the server runs."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from outpost_server import LocalOutpost
from outpost_server.commands.local import local


@pytest.fixture
def run(tmp_path):
    def run(*words):
        return CliRunner().invoke(local, [*words, "--data", str(tmp_path)])

    return run


@pytest.fixture
def server(tmp_path):
    with LocalOutpost(data_folder=tmp_path, teams=["lab"]) as outpost:
        yield outpost


def token_of(result):
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()[0]


def status(connect, server, token):
    return connect(server, token=token).call("GET", "/user").status_code


def test_a_renewed_token_is_the_only_valid_one(run, connect, server):
    """At once; the API refuses the token of before."""
    before = token_of(run("user", "add", "ann"))
    after = token_of(run("user", "renew", "ann"))

    assert status(connect, server, before) == 401
    assert status(connect, server, after) == 200


def test_the_servers_user_keeps_the_renewed_token_after_a_restart(run, connect, tmp_path):
    """The one in the data folder is renewed, too."""
    with LocalOutpost(data_folder=tmp_path):
        token = token_of(run("user", "renew", "local"))

    with LocalOutpost(data_folder=tmp_path) as outpost:
        assert outpost.api_token == token


def test_a_removed_user_is_gone(run, connect, server):
    """The token is refused, and the name is free."""
    token = token_of(run("user", "add", "ann"))

    removed = run("user", "remove", "ann")

    assert removed.exit_code == 0, removed.output
    assert status(connect, server, token) == 401
    assert run("user", "add", "ann").exit_code == 0


def test_a_user_who_owns_something_is_not_removed(run, connect, server):
    """It says what is owned, and what to do."""
    token = token_of(run("user", "add", "ann"))
    connect(server, token=token, entity="ann").endpoint(name="hers")
    run("user", "add", "bob")
    run("team", "add", "crew", "--owner", "bob")

    refused = [run("user", "remove", name) for name in ("ann", "bob", "local")]

    assert [one.exit_code for one in refused] == [1, 1, 1]
    assert "such as hers" in refused[0].output
    assert "only owner of crew" in refused[1].output
    assert "the server's user" in refused[2].output
    assert status(connect, server, token) == 200


def test_a_member_leaves_and_the_last_owner_stays(run, server):
    """A team that nobody owns could not be changed by anybody."""
    run("user", "add", "ann", "--team", "lab")

    left, stays = run("team", "leave", "lab", "ann"), run("team", "leave", "lab", "local")
    again = run("team", "leave", "lab", "ann")

    assert left.exit_code == 0, left.output
    assert (stays.exit_code, again.exit_code) == (1, 1)
    assert "only owner" in stays.output
    assert "ann" not in run("team", "list").output

"""Taking away what users may do, while the server runs."""

from __future__ import annotations

import sqlite3
import threading

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


def end_now(folder):
    """Let every token that ends at all have ended: nobody waits for a minute here."""
    connection = sqlite3.connect(folder / "outpost.db")
    with connection:
        connection.execute("UPDATE tokens SET ends_at = ? WHERE ends_at IS NOT NULL", (LONG_AGO,))
    connection.close()


LONG_AGO = "2024-01-08T12:17:45.927Z"


def test_a_token_ends_when_it_was_said_to(run, connect, server, tmp_path):
    """The answer says when it ended and how there is another one, and so does the list."""
    token = token_of(run("user", "add", "ann", "--expires-in", "30d"))
    before, listed_before = status(connect, server, token), run("user", "list").output
    end_now(tmp_path)
    refused = connect(server, token=token).call("GET", "/user")
    metrics = connect(server, token=token).http.get(server.base_url[:-3] + "/metrics")
    renewed = token_of(run("user", "renew", "ann", "--expires-in", "12h"))

    assert before == 200
    assert [line.split()[0] for line in listed_before.splitlines()] == ["local", "ann"]
    assert "never ends" in listed_before.splitlines()[0]
    assert (refused.status_code, refused.json()["code"]) == (401, "token_ended")
    assert LONG_AGO in refused.json()["message"]
    assert "outpostkit local user renew ann" in refused.json()["message"]
    assert (metrics.status_code, metrics.json()["code"]) == (401, "token_ended")
    assert status(connect, server, token) == 401
    assert status(connect, server, renewed) == 200


@pytest.mark.parametrize("life", ["30", "d", "1w", "-1d", "1.5h", "0m", "3651d", "10 d", "٣d", ""])
def test_a_token_ends_after_minutes_hours_or_days(run, tmp_path, life):
    """Anything else is refused, and says what there is."""
    refused = run("user", "add", "ann", "--expires-in", life)

    assert refused.exit_code == 2
    assert "--expires-in" in refused.output
    assert "30d" in refused.output or "3650 days" in refused.output


def test_the_servers_own_token_does_not_end(run, server):
    """Its own commands go by it."""
    refused = run("user", "renew", "local", "--expires-in", "30d")

    assert refused.exit_code == 1
    assert "Leave --expires-in out" in refused.output


def test_a_token_that_came_in_a_file_is_renewed_there(run, tmp_path):
    """The next start would make the one in the file valid again."""
    file = tmp_path.with_name("token-file")
    file.write_text("t" * 40)
    file.chmod(0o600)
    run("start", "--token-file", str(file))
    try:
        refused = run("user", "renew", "local")
    finally:
        run("stop")

    assert refused.exit_code == 1
    assert "token_file" in refused.output


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


def test_the_last_owner_of_a_team_becomes_no_member(run, server):
    """Nobody could change the team then."""
    refused = run("team", "join", "lab", "local", "--role", "member")

    assert refused.exit_code == 1
    assert "only owner of lab" in refused.output
    assert "local (owner)" in run("team", "list").output


def test_a_user_is_removed_whatever_the_user_does_meanwhile(run, connect, server):
    """Everything that is there afterwards has an owner, and no request fails for another reason."""
    for number in range(5):
        name = f"busy-{number}"
        api = connect(server, token=token_of(run("user", "add", name)), entity=name)
        codes = []

        def create(api=api, codes=codes):
            while not codes or codes[-1] == 201:
                codes.append(
                    api.create(headers={"Idempotency-Key": f"key-{len(codes)}"}).status_code
                )

        creating = threading.Thread(target=create)
        creating.start()
        removed = run("user", "remove", name)
        if removed.exit_code:
            assert "Delete them" in removed.output
            run("user", "renew", name)
        creating.join()
        left = connect(server).call("GET", f"/endpoints/{name}")

        assert codes[-1] in (401, 404)
        assert left.status_code == (200 if removed.exit_code else 404)


def test_a_user_who_deletes_itself_while_creating_is_gone(connect, run, server, tmp_path):
    """With all that it has created; nothing is left for the next start to finish."""
    api = connect(server, token=token_of(run("user", "add", "leaving")), entity="leaving")
    codes = []

    def create():
        while not codes or codes[-1] == 201:
            codes.append(api.create().status_code)

    creating = [threading.Thread(target=create) for _ in range(2)]
    for one in creating:
        one.start()
    deleted = api.call("DELETE", "/user").status_code
    for one in creating:
        one.join()

    connection = sqlite3.connect(tmp_path / "outpost.db")
    left = connection.execute(
        "SELECT count(*) FROM endpoints UNION ALL SELECT count(*) FROM accounts WHERE is_deleting"
    ).fetchall()
    connection.close()
    assert deleted == 204
    assert left == [(0,), (0,)]
    assert codes[-1] in (401, 404)

"""Users of the server, members of teams, and tokens that are renewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from outpost_server import LocalOutpost

_numbers = count(1)


@pytest.fixture
def new_user(sign_up):
    """Return a client of a user whom nobody else knows."""
    return lambda *options: sign_up(f"user-{next(_numbers)}", *options)


@pytest.fixture
def team(command, new_user):
    """A team of its own: name, owner, and a member."""
    name = f"team-{next(_numbers)}"
    owner = new_user()
    command("team", "add", name, "--owner", owner.entity)
    return name, owner, new_user("--team", name)


@pytest.fixture
def as_user(connect, outpost):
    """Return a client with the token of an answer."""
    return lambda answer, name: connect(outpost, token=answer.json()["token"], entity=name)


def test_a_user_renews_its_own_token(new_user, as_user):
    """The one of before is refused from then on; the answer is the only one that shows the new."""
    user = new_user()

    answer = user.call("POST", "/user/token")
    renewed = as_user(answer, user.entity)

    assert (answer.status_code, answer.json()["expiresAt"]) == (201, None)
    assert user.call("GET", "/user").status_code == 401
    assert renewed.get("/user")["name"] == user.entity


def test_a_renewed_token_ends_when_it_was_asked_to(new_user):
    """In seconds; the answer says when that is."""
    user = new_user()

    answer = user.call("POST", "/user/token", json={"expiresIn": 3600})
    left = datetime.fromisoformat(answer.json()["expiresAt"]) - datetime.now(UTC)

    assert timedelta(minutes=58) < left <= timedelta(hours=1)


@pytest.mark.parametrize("value", [0, 59, 315_360_001, 10**30, -1, 1.5, True, "3600", [], None])
def test_a_token_that_could_not_hold_is_not_made(new_user, value):
    """The message names the field; the token of before still holds."""
    user = new_user()

    answer = user.call("POST", "/user/token", json={"expiresIn": value})

    assert answer.status_code == 422
    assert "expiresIn" in answer.json()["message"]
    assert user.call("GET", "/user").status_code == 200


def test_the_servers_user_renews_its_token_for_good(connect, tmp_path):
    """Commands go on by it, and so does the next start; it does not end."""
    with LocalOutpost(data_folder=tmp_path) as outpost:
        api = connect(outpost)
        ending = api.call("POST", "/user/token", json={"expiresIn": 3600})
        renewed = api.call("POST", "/user/token").json()["token"]
        log = (tmp_path / "server.log").read_text()

    with LocalOutpost(data_folder=tmp_path) as outpost:
        after = outpost.api_token
    assert ending.status_code == 422
    assert "does not end" in ending.json()["message"]
    assert after == renewed
    assert "local renewed the token of local" in log
    assert renewed not in log


def test_a_token_that_came_in_a_file_is_renewed_there(connect, tmp_path):
    """The next start would make the one in the file valid again."""
    file = tmp_path / "token-file"
    file.write_text("t" * 40)
    file.chmod(0o600)
    with LocalOutpost(data_folder=tmp_path / "data", token_file=file) as outpost:
        refused = connect(outpost).call("POST", "/user/token")

    assert (refused.status_code, refused.json()["code"]) == (409, "token_in_file")


def test_the_servers_user_adds_renews_lists_and_removes_users(api, as_user):
    """Each is there, or gone, at once."""
    name = f"user-{next(_numbers)}"

    added = api.call("POST", "/users", json={"name": name, "expiresIn": 3600})
    first = as_user(added, name)
    taken = api.call("POST", "/users", json={"name": name.upper()})
    seen = first.get("/user")["name"]
    ends = {one["name"]: one["tokenExpiresAt"] for one in api.get("/users")}
    renewed = as_user(api.call("POST", f"/users/{name}/token"), name)
    refused = first.call("GET", "/user").status_code
    removed = api.call("DELETE", f"/users/{name}")

    assert (added.status_code, taken.status_code, removed.status_code) == (201, 409, 204)
    assert (seen, refused) == (name, 401)
    assert ends[name] == added.json()["expiresAt"]
    assert ends["local"] is None
    assert renewed.call("GET", "/user").status_code == 401
    assert name not in [one["name"] for one in api.get("/users")]
    assert api.call("DELETE", f"/users/{name}").status_code == 404


@pytest.mark.parametrize("name", ["", "a/b", ".a", "a b", "ä", "a" * 65, 5, None])
def test_a_name_that_is_none_is_refused(api, name):
    """The message names the field."""
    answer = api.call("POST", "/users", json={"name": name})

    assert answer.status_code == 422
    assert "name" in answer.json()["message"]


def test_nobody_else_manages_users(new_user, team):
    """Neither a user nor the owner of a team, also where there is no such user."""
    other = new_user().entity
    _, owner, _ = team

    answers = [
        owner.call("GET", "/users"),
        owner.call("POST", "/users", json={"name": "x"}),
        owner.call("DELETE", f"/users/{other}"),
        owner.call("POST", f"/users/{other}/token"),
        owner.call("DELETE", "/users/nobody"),
    ]

    assert [one.status_code for one in answers] == [403] * 5
    assert {one.json()["code"] for one in answers} == {"forbidden"}


def test_the_servers_user_is_not_managed_as_others_are(api):
    """The answer names the operation that is for it."""
    removed, renewed = api.call("DELETE", "/users/local"), api.call("POST", "/users/local/token")

    assert (removed.status_code, renewed.status_code) == (409, 409)
    assert "DELETE /user" in removed.json()["message"]
    assert "POST /user/token" in renewed.json()["message"]


def test_a_user_who_owns_something_is_not_removed(api, new_user, team):
    """The message says what."""
    name, owner, _ = team
    user = new_user()
    user.endpoint(name="kept")

    by_endpoint = api.call("DELETE", f"/users/{user.entity}")
    by_team = api.call("DELETE", f"/users/{owner.entity}")

    assert (by_endpoint.status_code, by_team.status_code) == (409, 409)
    assert f"{user.entity}/kept" in by_endpoint.json()["message"]
    assert name in by_team.json()["message"]
    assert user.call("GET", "/user").status_code == 200


def test_members_see_who_belongs_to_a_team(team, new_user):
    """In the order of joining; others do not see them."""
    name, owner, member = team

    seen = member.get(f"/teams/{name}/members")

    assert [(one["name"], one["role"]) for one in seen] == [
        (owner.entity, "owner"),
        (member.entity, "member"),
    ]
    assert new_user().call("GET", f"/teams/{name}/members").status_code == 403
    assert owner.call("GET", "/teams/no-team/members").status_code == 404


@pytest.mark.parametrize(
    ("who", "expected"), [("owner", 204), ("member", 403), ("stranger", 403), ("server", 403)]
)
def test_owners_change_who_belongs_to_a_team(api, team, new_user, who, expected):
    """Members and others do not, nor does the server's user where it is none of them."""
    name, owner, member = team
    joining = new_user().entity
    caller = {"owner": owner, "member": member, "stranger": new_user(), "server": api}[who]

    joined = caller.call("PUT", f"/teams/{name}/members/{joining}", json={"role": "member"})
    raised = caller.call("PUT", f"/teams/{name}/members/{joining}", json={"role": "owner"})
    removed = caller.call("DELETE", f"/teams/{name}/members/{owner.entity}")

    assert (joined.status_code, raised.status_code) == (expected, expected)
    assert removed.status_code == expected


def test_a_member_leaves(team):
    """Once; then there is nobody to leave."""
    name, owner, member = team
    path = f"/teams/{name}/members/{member.entity}"

    left, again = member.call("DELETE", path), owner.call("DELETE", path)

    assert (left.status_code, again.status_code) == (204, 404)
    assert [one["name"] for one in owner.get(f"/teams/{name}/members")] == [owner.entity]


def test_a_team_keeps_an_owner(team):
    """The only one neither leaves nor becomes a member; the second one may."""
    name, owner, member = team
    path = f"/teams/{name}/members/"

    refused = [
        owner.call("DELETE", path + owner.entity),
        owner.call("PUT", path + owner.entity, json={"role": "member"}),
    ]
    owner.call("PUT", path + member.entity, json={"role": "owner"})
    left = owner.call("DELETE", path + owner.entity)

    assert [(one.status_code, one.json()["code"]) for one in refused] == [(409, "last_owner")] * 2
    assert left.status_code == 204


@pytest.mark.parametrize("body", [{}, {"role": "admin"}, {"role": None}, {"role": 1}])
def test_a_role_that_is_none_is_refused(team, body):
    """The message names the field."""
    name, owner, member = team

    answer = owner.call("PUT", f"/teams/{name}/members/{member.entity}", json=body)

    assert answer.status_code == 422
    assert "role" in answer.json()["message"]


def test_only_users_that_are_there_join(team):
    """Neither a team nor nobody."""
    name, owner, _ = team

    answers = [
        owner.call("PUT", f"/teams/{name}/members/{joining}", json={"role": "member"})
        for joining in ("nobody", name)
    ]

    assert [one.status_code for one in answers] == [404, 404]


def test_the_log_says_who_did_what_without_tokens(api, outpost, team, new_user):
    """One line each, for the operator."""
    name, owner, member = team
    user = new_user().entity
    renewed = api.call("POST", f"/users/{user}/token", json={"expiresIn": 60}).json()["token"]
    owner.call("PUT", f"/teams/{name}/members/{user}", json={"role": "owner"})
    owner.call("DELETE", f"/teams/{name}/members/{member.entity}")

    log = (outpost.data_folder / "server.log").read_text()

    assert f"local renewed the token of {user}, until 20" in log
    assert f"{owner.entity} made {user} owner of {name}" in log
    assert f"{owner.entity} took {member.entity} out of {name}" in log
    assert renewed not in log

"""Who may not do something any more when the body has come may not do it."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from itertools import count

import httpx
import pytest

ECHO = b"class Echo:\n    def predict(self, value):\n        return value\n"
FORM = {
    "data": {
        "metadata": '{"hardwareInstance":"cpu-sm","customTemplateConfig":{"className":"Echo"}}'
    },
    "files": {"template": ("echo.py", ECHO, "text/x-python")},
}
PICTURE = {"files": {"avatar": ("me", b"GIF89a" + bytes(100), "image/gif")}}
ENDPOINT = "/endpoints/{team}/kept"

# What a member of a team may do that needs a body.
OF_MEMBERS = {
    "create": ("POST", "/endpoints/{team}", FORM),
    "change": ("PUT", ENDPOINT, {"json": {"taskType": "custom"}}),
    "secrets": ("PUT", ENDPOINT, {"json": {"secrets": [{"name": "A", "value": "b"}]}}),
    "template": ("PUT", ENDPOINT, FORM),
    "rename": ("PUT", f"{ENDPOINT}/name", {"json": {"name": "other"}}),
    "deploy": ("POST", f"{ENDPOINT}/deployments", {"json": {}}),
}
# What its owners may do besides.
OF_OWNERS = {
    "member": ("PUT", "/teams/{team}/members/local", {"json": {"role": "member"}}),
    "picture": ("POST", "/teams/{team}/avatar", PICTURE),
    "links": ("PUT", "/teams/{team}/socials", {"json": {"website": "https://example.com"}}),
}
# What everyone may do with a token.
OF_USERS = {
    "renew": ("POST", "/user/token", {"json": {}}),
    "picture": ("POST", "/user/avatar", PICTURE),
    "links": ("PUT", "/user/socials", {"json": {"website": "https://example.com"}}),
}

numbers = count(1)


@contextmanager
def slow(api, method, path, body):
    """Send all but the body, and yield what sends it; by then the server waits for it."""
    request = httpx.Request(method, api.base_url + path, **body)
    content = request.read()
    headers = {**request.headers, "authorization": f"Bearer {api.token}", "expect": "100-continue"}
    lines = [f"{method} /v1{path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
    where = (request.url.host, request.url.port)
    with (
        socket.create_connection(where, timeout=60) as connection,
        connection.makefile("rb") as got,
    ):

        def finish() -> int:
            connection.sendall(content)
            return int(got.readline().split()[1])

        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert got.readline().split()[1] == b"100"
        assert got.readline() == b"\r\n"
        yield finish


@pytest.fixture
def member(command, sign_up):
    """Return a user, and its team with an endpoint; the server's own user owns it, too."""
    number = next(numbers)
    user = sign_up(f"slow-{number}")
    user.entity = f"slow-team-{number}"
    command("team", "add", user.entity)
    command("team", "join", user.entity, f"slow-{number}", "--role", "owner")
    user.name = f"slow-{number}"
    user.endpoint(name="kept")
    return user


@pytest.mark.parametrize("case", [*OF_MEMBERS, *(f"owner: {one}" for one in OF_OWNERS)])
def test_who_has_left_a_team_changes_nothing_in_it(member, api, case):
    """403 or 404, as for a request that begins afterwards."""
    cases = {**OF_MEMBERS, **{f"owner: {one}": what for one, what in OF_OWNERS.items()}}
    method, path, body = cases[case]
    before = state(api, member.entity)

    with slow(member, method, path.format(team=member.entity), body) as finish:
        left = api.call("DELETE", f"/teams/{member.entity}/members/{member.name}")
        status = finish()

    assert left.status_code == 204
    assert status in (403, 404)
    assert state(api, member.entity) == before


@pytest.mark.parametrize("case", OF_OWNERS)
def test_an_owner_who_is_one_no_more_changes_nothing_in_a_team(member, api, case):
    """The role counts that it has when the body is there."""
    method, path, body = OF_OWNERS[case]

    with slow(member, method, path.format(team=member.entity), body) as finish:
        path = f"/teams/{member.entity}/members/{member.name}"
        assert api.call("PUT", path, json={"role": "member"}).status_code == 204
        status = finish()

    assert status == 403


@pytest.mark.parametrize("case", [*OF_MEMBERS, *(f"user: {one}" for one in OF_USERS)])
def test_a_token_that_has_been_renewed_changes_nothing(member, api, case):
    """401: whoever had the old one is shut out at once."""
    cases = {**OF_MEMBERS, **{f"user: {one}": what for one, what in OF_USERS.items()}}
    method, path, body = cases[case]
    before = state(api, member.entity)

    with slow(member, method, path.format(team=member.entity), body) as finish:
        assert api.call("POST", f"/users/{member.name}/token").status_code == 201
        status = finish()

    assert status == 401
    assert state(api, member.entity) == before


def test_another_endpoint_of_the_name_gives_no_right_to_the_first(member, api):
    """It is about the endpoint that it was about when it began."""
    path = ENDPOINT.format(team=member.entity)

    with slow(member, "PUT", path, {"json": {"visibility": "public"}}) as finish:
        api.call("PUT", f"{path}/name", json={"name": "moved"})
        api.call("PUT", path.replace("kept", "moved"), json={"visibility": "private"})
        api.call("DELETE", f"/teams/{member.entity}/members/{member.name}")
        status = finish()

    assert status == 404
    moved = api.get(path.replace("kept", "moved"))
    assert moved["visibility"] == "private"


def test_who_may_still_do_it_when_the_body_comes_does_it(member):
    """A slow body is a body."""
    with slow(member, "POST", f"/endpoints/{member.entity}", FORM) as finish:
        status = finish()

    assert status == 201


def state(api, team):
    """Return all that the cases could change."""
    endpoints = api.get(f"/endpoints/{team}")["endpoints"]
    deployments = [
        api.get(f"/endpoints/{team}/{one['name']}/deployments")["total"] for one in endpoints
    ]
    profile = api.get(f"/teams/{team}")
    return endpoints, deployments, profile["socials"], profile["avatarUrl"]

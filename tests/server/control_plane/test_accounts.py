"""Users, teams, follows, pictures, links and keys of other services."""

from __future__ import annotations

import httpx
import pytest

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
IMAGES = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + bytes(100),
    "image/gif": b"GIF89a" + bytes(100),
    "image/webp": b"RIFF\x00\x00\x00\x00WEBP" + bytes(100),
}


def put_avatar(api, path, content):
    return api.call("POST", path, files={"avatar": ("me", content, "text/html")})


def test_following_is_seen_from_both_sides(api, sign_up):
    """Whoever is followed has a follower more; following twice changes nothing."""
    ann = sign_up("ann")
    first = ann.call("PUT", "/user/following/local")
    again = ann.call("PUT", "/user/following/local")
    ours = api.get("/user/followers", isFollowing="true")
    theirs = ann.get("/user/following", isFollowing="true")

    assert (first.status_code, again.status_code) == (204, 204)
    assert [
        (one["name"], one["type"], one["isFollowing"]) for one in ours if one["name"] == "ann"
    ] == [("ann", "user", False)]
    assert [(one["name"], one["isFollowing"]) for one in theirs] == [("local", True)]
    assert ann.get("/user/following/local") is True
    assert api.get("/user/following/ann") is False
    assert ann.get("/user")["stats"] == {"followers_count": 0, "following_count": 1}


def test_unfollowing_ends_it_and_can_be_repeated(api, sign_up):
    """204 also where nothing was followed."""
    ben = sign_up("ben")
    ben.call("PUT", "/user/following/local")

    ended = [ben.call("DELETE", "/user/following/local").status_code for _ in range(2)]

    assert ended == [204, 204]
    assert ben.get("/user/following/local") is False
    assert ben.get("/user/following") == []


def test_is_following_is_null_unless_asked_for(api, sign_up):
    """An empty value is absent, as the published clients send it; other texts are refused."""
    cat = sign_up("cat")
    cat.call("PUT", "/user/following/local")

    assert {one["isFollowing"] for one in cat.get("/user/following", isFollowing="")} == {None}
    assert cat.call("GET", "/user/followers", params={"isFollowing": "yes"}).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nobody_follows_a_name_that_nobody_has(api, method):
    """404, and nobody follows themselves."""
    assert api.call(method, "/user/following/nobody").status_code == 404
    assert api.call("PUT", "/user/following/local").status_code == 409


def test_a_team_is_shown_to_its_owner_and_to_others(api, sign_up, command):
    """Teams are made on the command line and are there at once."""
    command("team", "add", "acme")
    dan = sign_up("dan")
    dan.call("PUT", "/user/following/acme")

    assert [team["name"] for team in api.get("/user/teams")] == ["acme"]
    assert dan.get("/user/teams") == []
    assert dan.get("/teams/acme")["stats"] == {"followers_count": 1}
    assert [one["name"] for one in api.get("/teams/acme/followers")] == ["dan"]
    assert api.get("/teams/acme/following") == []
    assert [one["type"] for one in dan.get("/user/following")] == ["team"]
    assert dan.call("GET", "/teams/local").status_code == 404
    assert "acme" in command("team", "list").output


@pytest.mark.parametrize("media_type", sorted(IMAGES))
def test_an_avatar_is_served_as_what_it_is(sign_up, media_type):
    """By its bytes, whatever the client called it; it needs no token, as pages need none."""
    user = sign_up(f"face-{media_type[6:]}")
    drawn = httpx.get(user.get("/user")["avatarUrl"], timeout=60, trust_env=False)

    uploaded = put_avatar(user, "/user/avatar", IMAGES[media_type])
    shown = httpx.get(user.get("/user")["avatarUrl"], timeout=60, trust_env=False)
    removed = user.call("DELETE", "/user/avatar")
    after = httpx.get(user.get("/user")["avatarUrl"], timeout=60, trust_env=False)

    assert (uploaded.status_code, removed.status_code) == (204, 204)
    assert shown.content == IMAGES[media_type]
    assert shown.headers["content-type"] == media_type
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert after.content == drawn.content


def test_what_is_no_image_or_too_large_is_no_avatar(api):
    """422 and 413; what was there stays."""
    page = put_avatar(api, "/user/avatar", b"<html>")
    large = put_avatar(api, "/user/avatar", PNG + bytes(5 * 1024 * 1024))
    missing = api.call("POST", "/user/avatar", files={"other": PNG})
    no_form = api.call("POST", "/user/avatar", content=PNG)

    codes = [one.status_code for one in (page, large, missing, no_form)]
    assert codes == [422, 413, 422, 400]


@pytest.mark.parametrize("path", ["/user/socials", "/user/avatar"])
def test_links_stay_change_and_go(sign_up, path):
    """At the documented path and at that of the published clients; null removes a link."""
    user = sign_up("links-" + path.rpartition("/")[2])

    user.http.put(user.base_url + path, json={"website": "https://a.example", "x": "@a"})
    both = user.get("/user")["socials"]
    user.http.put(user.base_url + path, json={"x": None})
    one = user.get("/user")["socials"]
    wrong = user.call("PUT", "/user/socials", json={"website": 5})

    assert both == {"website": "https://a.example", "x": "@a"}
    assert one == {"website": "https://a.example"}
    assert wrong.status_code == 422
    assert "website" in wrong.json()["message"]


def test_keys_of_other_services_are_listed_without_their_value(api, command):
    """The id goes into keyId of a model; the value is sealed and never returned."""
    token_id = command("token", "add", "my key", input="hf_very-secret\n").stdout.strip()

    listed = api.call("GET", "/user/tokens")
    shown = command("token", "list").output
    command("token", "remove", "my key")

    assert [(one["id"], one["name"], one["type"]) for one in listed.json()] == [
        (token_id, "my key", "huggingface")
    ]
    assert "hf_very" not in listed.text + shown
    assert api.get("/user/tokens") == []


def test_only_owners_of_a_team_change_it(api, sign_up, command):
    """403 for members and others, 204 for owners."""
    command("team", "add", "guarded")
    member = sign_up("eve", "--team", "guarded")
    path = "/teams/guarded"

    refused = [
        put_avatar(member, path + "/avatar", PNG),
        member.call("DELETE", path + "/avatar"),
        member.call("PUT", path + "/socials", json={}),
        member.call("DELETE", path),
    ]
    allowed = [
        put_avatar(api, path + "/avatar", PNG),
        api.call("DELETE", path + "/avatar"),
        api.call("PUT", path + "/socials", json={"website": "https://guarded.example"}),
    ]

    assert {one.status_code for one in refused} == {403}
    assert {one.status_code for one in allowed} == {204}
    assert member.get(path)["socials"] == {"website": "https://guarded.example"}


def test_a_deleted_team_is_gone_with_its_endpoints(api, command):
    """Its name is free, its endpoints do not answer any more."""
    command("team", "add", "doomed-team")
    api.call("POST", "/endpoints/doomed-team", json={**URL_FORM, "name": "one"})

    deleted = api.call("DELETE", "/teams/doomed-team")

    assert deleted.status_code == 204
    assert api.call("GET", "/teams/doomed-team").status_code == 404
    assert api.call("GET", "/endpoints/doomed-team").status_code == 404
    command("team", "add", "doomed-team")
    assert api.get("/endpoints/doomed-team")["total"] == 0


def test_a_deleted_user_is_gone_with_all_that_it_owns(api, sign_up, command):
    """The token is refused; teams that only this user owned go, too; what it deployed stays."""
    command("team", "add", "remaining")
    leaving = sign_up("leaving", "--team", "remaining")
    command("team", "add", "only-mine", "--owner", "leaving")
    leaving.endpoint(name="mine")
    made = leaving.call("POST", "/endpoints/remaining", json={**URL_FORM, "name": "ours"})
    leaving.call("POST", "/endpoints/remaining/ours/deployments")
    leaving.call("PUT", "/user/following/local")

    deleted = leaving.call("DELETE", "/user")

    assert (made.status_code, deleted.status_code) == (201, 204)
    assert leaving.call("GET", "/user").status_code == 401
    assert api.call("GET", "/endpoints/leaving").status_code == 404
    assert api.call("GET", "/teams/only-mine").status_code == 404
    assert "leaving" not in [one["name"] for one in api.get("/user/followers")]
    deployments = api.get("/endpoints/remaining/ours/deployments")["deployments"]
    assert [one["creator"] for one in deployments] == [None]


URL_FORM = {
    "templateType": "custom",
    "customTemplateConfig": {"className": "Echo", "url": "http://127.0.0.1:9/template.py"},
    "hardwareInstance": "cpu-sm",
}


@pytest.mark.parametrize(
    ("visibility", "who", "reads", "changes"),
    [
        ("public", "stranger", 200, 403),
        ("internal", "stranger", 404, 404),
        ("private", "stranger", 404, 404),
        ("public", "member", 200, 200),
        ("internal", "member", 200, 200),
        ("private", "member", 404, 404),
        ("private", "owner", 200, 200),
    ],
)
def test_visibility_decides_who_sees_an_endpoint_of_a_team(people, visibility, who, reads, changes):
    """What may not be seen does not exist; what may be seen only answers changes with 403."""
    api, path = people[who], f"/endpoints/club/{visibility}"
    listed = [one["name"] for one in api.get("/endpoints/club")["endpoints"]]

    seen = {api.call("GET", path + rest).status_code for rest in ("", "/status", "/deployments")}
    changed = {
        api.call("PUT", path, json={"taskType": "custom"}).status_code,
        api.call("GET", path + "/logs").status_code,
        api.call("GET", path + "/custom-template").status_code,
    }

    assert seen == {reads}
    assert changed == {changes}
    assert (visibility in listed) == (reads == 200)


@pytest.fixture(scope="module")
def people(api, sign_up, command):
    """The owner, a member and a stranger of the team club, which has one endpoint of each kind."""
    command("team", "add", "club")
    for visibility in ("public", "internal", "private"):
        form = {**URL_FORM, "name": visibility, "visibility": visibility}
        assert api.call("POST", "/endpoints/club", json=form).status_code == 201
    member = sign_up("member", "--team", "club")
    return {"owner": api, "member": member, "stranger": sign_up("stranger")}


def test_internal_endpoints_of_a_user_are_those_of_the_users_teams(api, sign_up, people):
    """Who shares a team with the owner sees them; who does not gets 404."""
    endpoint = api.endpoint(visibility="internal")

    assert people["member"].call("GET", endpoint.path).status_code == 200
    assert people["stranger"].call("GET", endpoint.path).status_code == 404


def test_nobody_creates_in_the_name_of_others(api, people):
    """403 for an entity that exists, 404 for one that does not."""
    form = {**URL_FORM, "name": "planted"}

    assert people["stranger"].call("POST", "/endpoints/club", json=form).status_code == 403
    assert people["stranger"].call("POST", "/endpoints/local", json=form).status_code == 403
    assert people["stranger"].call("POST", "/endpoints/no-one", json=form).status_code == 404
    assert people["member"].call("POST", "/endpoints/club", json=form).status_code == 201


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user", "add", "a/b"), "not a valid name"),
        (("user", "add", "LOCAL"), "has this name"),
        (("team", "add", "local"), "has this name"),
        (("team", "join", "nowhere", "local"), "no team 'nowhere'"),
        (("user", "add", "x", "--team", "nowhere"), "no team 'nowhere'"),
        (("token", "remove", "nothing"), "no key named 'nothing'"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(outpost, arguments, said):
    """Exit code 1, and nothing has changed."""
    from click.testing import CliRunner

    from outpost_server.commands.local import local

    result = CliRunner().invoke(local, [*arguments, "--data", str(outpost.data_folder)])

    assert result.exit_code == 1
    assert said in result.output

"""A team, in both colours."""

from typing import Any

import pytest

from outpostkit import AsyncTeam, Client, Team
from outpostkit.exceptions import ConfigurationError, NotFoundError


def team(client: Any) -> Any:
    """The team of a client of either colour."""
    return Team(client, "outpost") if isinstance(client, Client) else AsyncTeam(client, "outpost")


def test_a_team_has_its_profile_and_numbers(sdk, server) -> None:
    """As a user has."""
    profile = {**server.user, "name": "outpost", "stats": {"followers_count": 7}}
    server.on("GET", "/v1/teams/outpost", server.json(profile))

    found = sdk.do(lambda client: team(client).get())

    assert (found.name, found.stats.followers_count) == ("outpost", 7)


@pytest.mark.parametrize("method", ["list_followers", "list_following"])
def test_followers_are_listed(sdk, server, method) -> None:
    """Both ways."""
    follower = {"name": "a", "id": "u1", "type": "user", "avatarUrl": "", "isFollowing": True}
    server.on("GET", f"/v1/teams/outpost/{method.partition('_')[2]}", server.json([follower]))

    found = sdk.do(lambda client: getattr(team(client), method)(include_is_following=True))

    assert [each.isFollowing for each in found] == [True]
    assert server.last.args["isFollowing"] == "true"


def test_picture_and_links_are_changed_by_calls_that_return_the_status(sdk, server) -> None:
    """And so is the team deleted."""
    server.on("POST", "/v1/teams/outpost/avatar", server.empty(204))
    server.on("DELETE", "/v1/teams/outpost/avatar", server.empty(204))
    server.on("PUT", "/v1/teams/outpost/socials", server.empty(204))
    server.on("DELETE", "/v1/teams/outpost", server.empty(204))

    statuses = [
        sdk.do(lambda client: team(client).upload_avatar(b"GIF89a")),
        sdk.do(lambda client: team(client).delete_avatar()),
        sdk.do(lambda client: team(client).update_socials("https://example.com", None)),
        sdk.do(lambda client: team(client).delete()),
    ]

    assert statuses == [204] * 4


def test_a_deletion_whose_answer_was_lost_is_a_success(sdk, server) -> None:
    """The second attempt finds that the first one succeeded; without one, nothing was there."""
    gone = server.json({"message": "no team outpost"}, 404)
    server.on("DELETE", "/v1/teams/outpost", server.json({}, 502), gone)

    assert sdk.do(lambda client: team(client).delete()) == 204

    with pytest.raises(NotFoundError):
        sdk.do(lambda client: team(client).delete())


def test_a_role_that_this_version_does_not_know_survives(sdk, server) -> None:
    """As the server wrote it."""
    member = {"id": "u1", "name": "ada", "avatarUrl": "", "role": "guest"}
    server.on("GET", "/v1/teams/outpost/members", server.json([member]))

    found = sdk.do(lambda client: team(client).members())

    assert [(each.name, each.role) for each in found] == [("ada", "guest")]


def test_a_removal_whose_answer_was_lost_is_a_success(sdk, server) -> None:
    """The second attempt finds nobody."""
    gone = server.json({"message": "ada does not belong to outpost"}, 404)
    server.on("DELETE", "/v1/teams/outpost/members/ada", server.json({}, 502), gone)

    assert sdk.do(lambda client: team(client).remove_member("ada")) == 204


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b"])
def test_a_name_that_is_none_is_refused(name) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match="name"):
        Team(Client("token"), name)

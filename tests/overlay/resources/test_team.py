"""A team, in both colours."""

from typing import Any

import pytest

from outpostkit import AsyncTeam, Client, Team
from outpostkit.exceptions import ConfigurationError, NotFoundError, OutpostError


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


def test_members_cannot_be_listed_and_the_error_says_what_can(sdk, server) -> None:
    """Nothing is sent."""
    with pytest.raises(OutpostError, match=r"no operation.*list_followers"):
        sdk.do(lambda client: team(client).members())

    assert server.requests == []


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b"])
def test_a_name_that_is_none_is_refused(name) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match="name"):
        Team(Client("token"), name)

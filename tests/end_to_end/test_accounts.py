"""Users, tokens and members by the SDK, against a server that is really there."""

from __future__ import annotations

import asyncio
import logging

import pytest

from outpostkit import AsyncClient, AsyncTeam, AsyncUser, AsyncUsers, Client, Team, User, Users
from outpostkit.exceptions import AuthenticationError, ConflictError, PermissionDeniedError
from outpostkit.local import LocalOutpost


@pytest.fixture(scope="module")
def outpost():
    with LocalOutpost(teams=["crew"]) as outpost:
        yield outpost


@pytest.fixture
def client(outpost):
    with Client(outpost.api_token, base_url=outpost.base_url) as client:
        yield client


def test_a_user_is_added_renewed_and_removed(outpost, client) -> None:
    """Each token is the only valid one of its user."""
    added = Users(client).add("ada", expires_in=3600)
    ends = {each.name: each.tokenExpiresAt for each in Users(client).list()}
    with Client(added.token, base_url=outpost.base_url) as ada:
        renewed = User(ada).renew_token()
        with pytest.raises(AuthenticationError):
            User(ada).get()
    with Client(renewed.token, base_url=outpost.base_url) as ada:
        name = User(ada).get().name
        again = Users(client).renew_token("ada")
        status = Users(client).remove("ada")

    assert ends == {"local": None, "ada": added.expiresAt}
    assert renewed.expiresAt is None
    assert (name, status) == ("ada", 204)
    assert len({added.token, renewed.token, again.token}) == 3
    assert [each.name for each in Users(client).list()] == ["local"]


def test_members_join_and_leave(outpost, client) -> None:
    """A team keeps an owner; others do not change it."""
    token = Users(client).add("bob").token
    crew = Team(client, "crew")
    joined = crew.put_member("bob")
    with Client(token, base_url=outpost.base_url) as bob:
        with pytest.raises(PermissionDeniedError):
            Team(bob, "crew").put_member("bob", "owner")
        members = [(each.name, each.role) for each in Team(bob, "crew").members()]
        left = Team(bob, "crew").remove_member("bob")

    assert (joined, left) == (204, 204)
    assert members == [("local", "owner"), ("bob", "member")]
    with pytest.raises(ConflictError, match="only owner"):
        crew.remove_member("local")


def test_the_same_from_async_code(outpost) -> None:
    """Awaited."""

    async def manage() -> list[str]:
        async with AsyncClient(outpost.api_token, base_url=outpost.base_url) as client:
            token = (await AsyncUsers(client).add("cat")).token
            await AsyncTeam(client, "crew").put_member("cat", "owner")
            members = await AsyncTeam(client, "crew").members()
            async with AsyncClient(token, base_url=outpost.base_url) as cat:
                await AsyncUser(cat).renew_token(expires_in=60)
            await AsyncTeam(client, "crew").remove_member("cat")
            await AsyncUsers(client).renew_token("cat")
            await AsyncUsers(client).remove("cat")
            assert [each.name for each in await AsyncUsers(client).list()].count("cat") == 0
        return [each.name for each in members]

    assert "cat" in asyncio.run(manage())


def test_a_token_that_is_answered_is_shown_nowhere_by_itself(client, caplog) -> None:
    """Neither when the answer is printed nor in the log of the SDK."""
    with caplog.at_level(logging.DEBUG):
        answer = Users(client).with_raw_response.add("dan")
    token = answer.parsed.token
    Users(client).remove("dan")

    assert token.startswith("op_local_")
    assert token not in repr(answer.parsed) + str(answer.parsed) + repr(answer) + caplog.text

"""Teams as their members and others see them."""

from __future__ import annotations

from starlette.responses import Response

from outpost_server.control_plane.accounts.avatars import put_avatar, remove_avatar
from outpost_server.control_plane.accounts.removal import remove_account
from outpost_server.control_plane.accounts.socials import change_socials
from outpost_server.control_plane.answers import json_answer, no_content
from outpost_server.control_plane.call import Call
from outpost_server.control_plane.resources import profile
from outpost_server.keeping.store.records import Account
from outpost_server.rules.problem import forbidden, not_found


async def get_team(call: Call) -> Response:
    return json_answer(profile(call, named_team(call)))


async def delete_team(call: Call) -> Response:
    await remove_account(call, own_team(call, "delete it"))
    return no_content()


async def upload_team_avatar(call: Call) -> Response:
    return await put_avatar(call, own_team(call, "change its picture"))


async def delete_team_avatar(call: Call) -> Response:
    return await remove_avatar(call, own_team(call, "change its picture"))


async def update_team_socials(call: Call) -> Response:
    return await change_socials(call, own_team(call, "change its links"))


def named_team(call: Call) -> Account:
    """Return the team that the path names; 404 when there is none."""
    name = call.request.path_params["name"]
    found = call.store.accounts.by_name(name)
    if found is None or found.type != "team":
        raise not_found(f"There is no team {name!r}.")
    return found


def own_team(call: Call, to: str) -> Account:
    """Return the team that the path names if the caller owns it.

    Raises:
        Problem: 404 when there is none, 403 when it has other owners; the message says that the
            caller may not ``to`` it.
    """

    def right() -> Account:
        team = named_team(call)
        if call.store.teams.role(team.id, call.user.id) != "owner":
            raise forbidden(f"Only the owners of {team.name} may {to}.")
        return team

    return call.require(right)

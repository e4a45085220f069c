"""Who belongs to a team."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from starlette.responses import Response

from outpost_server.control_plane.accounts.teams import named_team, own_team
from outpost_server.control_plane.accounts.tokens import log
from outpost_server.control_plane.answers import json_answer, no_content
from outpost_server.control_plane.call import Call
from outpost_server.control_plane.resources import user_short
from outpost_server.keeping.store.records import Account
from outpost_server.keeping.store.teams import LastOwner
from outpost_server.rules.access import belongs_to
from outpost_server.rules.problem import Problem, forbidden, not_found


class MemberForm(Struct):
    role: Literal["owner", "member"]


async def list_team_members(call: Call) -> Response:
    team = named_team(call)
    if not belongs_to(call.store.teams, call.user, team.id):
        raise forbidden(f"Only the members of {team.name} may list them.")
    return json_answer(
        [
            {**user_short(call, member), "role": role}
            for member, role in call.store.teams.members(team.id)
        ]
    )


async def put_team_member(call: Call) -> Response:
    team = own_team(call, "change its members")
    user = _named_user(call)
    form = await call.json(MemberForm)
    try:
        await call.store.teams.put_member(team.id, user.id, form.role)
    except LastOwner:
        raise _last_owner(team, user) from None
    log.info("%s made %s %s of %s", call.user.name, user.name, form.role, team.name)
    return no_content()


async def remove_team_member(call: Call) -> Response:
    team, user = named_team(call), _named_user(call)
    if user.id != call.user.id:
        own_team(call, "remove others from it")
    try:
        has_left = await call.store.teams.remove_member(team.id, user.id)
    except LastOwner:
        raise _last_owner(team, user) from None
    if not has_left:
        raise not_found(f"{user.name} does not belong to {team.name}.")
    log.info("%s took %s out of %s", call.user.name, user.name, team.name)
    return no_content()


def _named_user(call: Call) -> Account:
    return call.user_named(call.request.path_params["user"])


def _last_owner(team: Account, user: Account) -> Problem:
    message = f"{user.name} is the only owner of {team.name}. Let another user own it first."
    return Problem(409, message, "last_owner")

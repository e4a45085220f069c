"""The account behind the token."""

from __future__ import annotations

from starlette.responses import Response

from outpost_server.control_plane.accounts.avatars import put_avatar, remove_avatar
from outpost_server.control_plane.accounts.removal import remove_account
from outpost_server.control_plane.accounts.socials import change_socials
from outpost_server.control_plane.answers import json_answer, no_content
from outpost_server.control_plane.call import Call
from outpost_server.control_plane.resources import profile


async def get_user(call: Call) -> Response:
    return json_answer(profile(call, call.user))


async def delete_user(call: Call) -> Response:
    await remove_account(call, call.user)
    return no_content()


async def list_third_party_tokens(call: Call) -> Response:
    return json_answer(call.store.third_party_tokens.of_user(call.user.id))


async def list_user_teams(call: Call) -> Response:
    return json_answer([profile(call, team) for team in call.store.teams.of_user(call.user.id)])


async def upload_user_avatar(call: Call) -> Response:
    return await put_avatar(call, call.user)


async def delete_user_avatar(call: Call) -> Response:
    return await remove_avatar(call, call.user)


async def update_user_socials(call: Call) -> Response:
    return await change_socials(call, call.user)

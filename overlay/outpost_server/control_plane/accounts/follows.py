"""Following users and teams."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from outpost_server.control_plane.accounts.teams import named_team
from outpost_server.control_plane.answers import json_answer, no_content
from outpost_server.control_plane.call import Call
from outpost_server.control_plane.resources import avatar_url
from outpost_server.keeping.store.records import Account
from outpost_server.rules.problem import Problem


async def is_following(call: Call) -> Response:
    return json_answer(call.store.follows.is_following(call.user.id, _named(call).id))


async def follow(call: Call) -> Response:
    followed = _named(call)
    if followed.id == call.user.id:
        raise Problem(409, "You cannot follow yourself.", "own_account")
    await call.store.follows.add(call.user.id, followed.id)
    return no_content()


async def unfollow(call: Call) -> Response:
    await call.store.follows.remove(call.user.id, _named(call).id)
    return no_content()


async def list_user_followers(call: Call) -> Response:
    return _listed(call, call.store.follows.followers(call.user.id))


async def list_user_following(call: Call) -> Response:
    return _listed(call, call.store.follows.following(call.user.id))


async def list_team_followers(call: Call) -> Response:
    return _listed(call, call.store.follows.followers(named_team(call).id))


async def list_team_following(call: Call) -> Response:
    return _listed(call, call.store.follows.following(named_team(call).id))


def _named(call: Call) -> Account:
    return call.account(call.request.path_params["name"])


def _listed(call: Call, account_ids: list[str]) -> Response:
    """Answer with ``FollowEntity`` of the document for each account."""
    mine = set(call.store.follows.following(call.user.id)) if call.flag("isFollowing") else None

    def shown(account: Account) -> dict[str, Any]:
        return {
            "name": account.name,
            "id": account.id,
            "type": account.type,
            "avatarUrl": avatar_url(call, account),
            "isFollowing": None if mine is None else account.id in mine,
        }

    found = (call.store.accounts.by_id(account_id) for account_id in account_ids)
    return json_answer([shown(one) for one in found if one is not None and not one.is_deleting])

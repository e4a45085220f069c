"""The account behind the token."""

from __future__ import annotations

from starlette.responses import Response

from .answers import json_answer
from .call import Call
from .resources import avatar_url


async def get_user(call: Call) -> Response:
    user = call.user
    return json_answer(
        {
            "id": user.id,
            "createdAt": user.created_at,
            "updatedAt": user.updated_at,
            "stats": {"followers_count": 0, "following_count": 0},
            "avatarUrl": avatar_url(user),
            "name": user.name,
            "bio": None,
            "socials": None,
            "displayName": user.name,
        }
    )

"""Users and teams as the API shows them."""

from __future__ import annotations

from typing import Any

from outpost_server.control_plane.call import Call
from outpost_server.keeping.store.records import Account

AVATARS_PATH = "/avatars"


def profile(call: Call, account: Account) -> dict[str, Any]:
    """``UserDetails`` or ``TeamDetails`` of the document."""
    followers, following = call.store.follows.counts(account.id)
    stats = {"followers_count": followers}
    if account.type == "user":
        stats["following_count"] = following
    return {
        "id": account.id,
        "createdAt": account.created_at,
        "updatedAt": account.updated_at,
        "stats": stats,
        "avatarUrl": avatar_url(call, account),
        "name": account.name,
        "bio": account.bio,
        "socials": account.socials or None,
        "displayName": account.name,
    }


def user_short(call: Call, user: Account) -> dict[str, Any]:
    """``UserShortDetails`` of the document."""
    return {"id": user.id, "name": user.name, "avatarUrl": avatar_url(call, user)}


def avatar_url(call: Call, account: Account) -> str:
    """Return an address that is another one when the picture is another one."""
    version = f"?v={account.avatar_digest[:12]}" if account.avatar_digest else ""
    return f"http://{call.domain}{AVATARS_PATH}/{account.id}{version}"

"""Who may see an endpoint, and who may change it: one rule for the API and the predictions.

==========  ==========================================  =========================================
visibility  seen and used by                            changed by
==========  ==========================================  =========================================
public      every user                                  its owner; of a team: every member
internal    its owner and who shares a team with the    its owner; of a team: every member
            owner; of a team: every member
private     its owner; of a team: its creator and the   who sees it
            team's owners
==========  ==========================================  =========================================

Members of a team see who belongs to it, its owners change that, and a member may leave. Users are
managed by the server's own user alone.

"Every user" means everyone with a token of this server: nothing but the health check is answered
without a token, and none that has ended is a token.
"""

from __future__ import annotations

from outpost_server.keeping.store.records import Account, Endpoint
from outpost_server.keeping.store.teams import Teams
from outpost_server.keeping.store.users import Users
from outpost_server.rules.problem import Problem, token_ended, unauthorized


def refusal(users: Users, token: str | None) -> Problem:
    """Return what to say to whoever has shown no token, or none that :class:`Users` knows."""
    found = None if token is None else users.token(token)
    if found is not None and found.has_ended:
        return token_ended(found.user.name, found.ends_at)
    return unauthorized(has_token=token is not None)


def may_see(teams: Teams, user: Account, endpoint: Endpoint) -> bool:
    """Tell whether ``user`` may read about an endpoint and ask it for predictions."""
    owner_id, visibility = endpoint.owner_id, endpoint.config.visibility
    if visibility == "public" or owner_id == user.id:
        return True
    role = teams.role(owner_id, user.id)
    if visibility == "internal":
        return role is not None or teams.have_one_in_common(user.id, owner_id)
    return role == "owner" or (role is not None and endpoint.creator_id == user.id)


def may_change(teams: Teams, user: Account, endpoint: Endpoint) -> bool:
    """Tell whether ``user`` may change, deploy and delete an endpoint, and read its logs."""
    return belongs_to(teams, user, endpoint.owner_id) and may_see(teams, user, endpoint)


def may_manage_users(user: Account) -> bool:
    """Tell whether ``user`` may list, add and remove users, and renew their tokens."""
    return user.is_server_owner


def belongs_to(teams: Teams, user: Account, owner_id: str) -> bool:
    """Tell whether ``user`` may create endpoints of this owner: itself or one of its teams."""
    return user.id == owner_id or teams.role(owner_id, user.id) is not None

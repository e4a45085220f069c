"""The users of the server, for its own user."""

from __future__ import annotations

from starlette.responses import Response

from outpost_server.control_plane.accounts.tokens import (
    TokenForm,
    log,
    read_token_form,
    renew,
    token_answer,
)
from outpost_server.control_plane.answers import json_answer, no_content
from outpost_server.control_plane.call import Call
from outpost_server.control_plane.resources import user_short
from outpost_server.keeping.store.accounts import AccountNameTaken
from outpost_server.keeping.store.records import Account, new_account
from outpost_server.keeping.store.users import StillOwner
from outpost_server.keeping.tokens import new_token
from outpost_server.rules.access import may_manage_users
from outpost_server.rules.problem import Problem, forbidden, name_taken
from outpost_server.rules.settings import SettingsError, check_name


class UserForm(TokenForm):
    name: str


async def list_users(call: Call) -> Response:
    _require_manager(call, "list its users")
    users = (one for one in call.store.accounts.all() if one.type == "user" and not one.is_deleting)
    return json_answer(
        [
            {
                **user_short(call, user),
                "createdAt": user.created_at,
                "tokenExpiresAt": call.store.users.token_end(user.id),
            }
            for user in users
        ]
    )


async def add_user(call: Call) -> Response:
    _require_manager(call, "add users")
    form = await call.json(UserForm)
    try:
        check_name("name", form.name)
    except SettingsError as error:
        raise Problem(422, str(error), "invalid_value") from None
    ends_at, token = form.end(), new_token()
    try:
        await call.store.users.add(new_account(form.name, "user"), token, ends_at)
    except AccountNameTaken:
        raise name_taken(form.name) from None
    log.info("%s added the user %s", call.user.name, form.name)
    return token_answer(token, ends_at)


async def remove_user(call: Call) -> Response:
    user = _other_user(call, "remove users", "delete it with DELETE /user")
    try:
        await call.store.users.remove(user.id)
    except StillOwner as still:
        owned = [*still.teams, *(f"{user.name}/{name}" for name in still.endpoints)]
        kind = "the only owner of the team" if still.teams else "the owner of the endpoint"
        more = f" and {len(owned) - 1} more" if len(owned) > 1 else ""
        message = f"{user.name} is {kind} {owned[0]}{more}. Give or delete them first."
        raise Problem(409, message, "still_owner") from None
    log.info("%s removed the user %s", call.user.name, user.name)
    return no_content()


async def renew_token_of_user(call: Call) -> Response:
    user = _other_user(call, "renew tokens of others", "renew its token with POST /user/token")
    return await renew(call, user, (await read_token_form(call)).end())


def _require_manager(call: Call, to: str) -> None:
    def right() -> None:
        if not may_manage_users(call.user):
            raise forbidden(f"Only the server's own user may {to}.")

    call.require(right)


def _other_user(call: Call, to: str, otherwise: str) -> Account:
    _require_manager(call, to)
    user = call.user_named(call.request.path_params["name"])
    if user.is_server_owner:
        raise Problem(409, f"{user.name} is the server's own user: {otherwise}.", "server_owner")
    return user

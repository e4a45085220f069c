"""Renewing tokens, and what an answer with one looks like."""

from __future__ import annotations

import logging
from datetime import timedelta

from msgspec import UNSET, Struct, UnsetType
from starlette.responses import Response

from outpost_server.control_plane.answers import json_answer
from outpost_server.control_plane.bodies import MAX_JSON_BYTES, decode, require_json
from outpost_server.control_plane.call import Call
from outpost_server.keeping.store.records import Account
from outpost_server.keeping.tokens import new_token
from outpost_server.rules.problem import Problem, invalid
from outpost_server.rules.token_life import LifeRefused, checked_life, end_of

#: Who has done what to accounts; the token is in none of the lines.
log = logging.getLogger("outpost.accounts")


class TokenForm(Struct, kw_only=True, rename="camel"):
    expires_in: int | UnsetType = UNSET

    def end(self) -> str | None:
        """Return when a token ends that is made now, None when it does not.

        Raises:
            Problem: 422, no token can hold that long.
        """
        if self.expires_in is UNSET:
            return None
        try:
            return end_of(checked_life(timedelta(seconds=self.expires_in)))
        except (LifeRefused, OverflowError):
            what = "expected from 60 to 315360000 seconds; left out, it does not end"
            raise invalid("expiresIn", what) from None


async def read_token_form(call: Call) -> TokenForm:
    """Return what a new token is to be; a body may be left out."""
    body = await call.body(MAX_JSON_BYTES)
    if not body.strip():
        return TokenForm()
    require_json(call.request)
    return decode(body, TokenForm)


def token_answer(token: str, ends_at: str | None) -> Response:
    """``UserToken`` of the document."""
    return json_answer({"token": token, "expiresAt": ends_at}, 201)


async def renew_user_token(call: Call) -> Response:
    ends_at = (await read_token_form(call)).end()
    if call.user.is_server_owner:
        _require_lasting(call, ends_at)
    return await renew(call, call.user, ends_at)


def _require_lasting(call: Call, ends_at: str | None) -> None:
    if call.context.settings.token_file is not None:
        # The next start would make the one in the file valid again.
        message = "The server was started with this token in a file: change it there, and restart."
        raise Problem(409, message, "token_in_file")
    if ends_at is not None:
        raise invalid("expiresIn", "the token of the server's own user does not end")


async def renew(call: Call, user: Account, ends_at: str | None) -> Response:
    """Give a user another token, and answer with it."""
    token = new_token()
    await call.store.users.replace_tokens(user.id, token, ends_at)
    if user.is_server_owner:
        # The next start would make the one in the folder valid again.
        call.context.folder.write_token(token)
    log.info("%s renewed the token of %s, until %s", call.user.name, user.name, ends_at or "ever")
    return token_answer(token, ends_at)

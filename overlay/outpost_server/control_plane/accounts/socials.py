"""The links on a profile."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from outpost_server.control_plane.answers import no_content
from outpost_server.control_plane.call import Call
from outpost_server.keeping.store.records import Account

Link = Annotated[str, Meta(max_length=2048)]


class SocialsForm(msgspec.Struct):
    """A link that is left out stays, null removes it."""

    website: Link | UnsetType | None = UNSET
    x: Link | UnsetType | None = UNSET


async def change_socials(call: Call, account: Account) -> Response:
    form = await call.json(SocialsForm)
    given = {"website": form.website, "x": form.x}
    changes = {name: link for name, link in given.items() if not isinstance(link, UnsetType)}
    await call.store.accounts.change_socials(account.id, changes)
    return no_content()

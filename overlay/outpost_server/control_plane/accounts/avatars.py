"""Pictures of users and teams: uploaded ones, and drawn ones for who has none."""

from __future__ import annotations

import html

from starlette.requests import Request
from starlette.responses import Response

from outpost_server.control_plane.answers import no_content
from outpost_server.control_plane.bodies import MAX_JSON_BYTES, read_file
from outpost_server.control_plane.call import Call, Context
from outpost_server.keeping.store.records import Account
from outpost_server.rules.problem import Problem, invalid, not_found

MAX_AVATAR_BYTES = 5 * 1024 * 1024
# How the bytes of each kind of image begin.
SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

DRAWN = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">\
<rect width="100" height="100" fill="hsl({hue},45%,40%)"/>\
<text x="50" y="68" font-family="sans-serif" font-size="50" fill="#fff" text-anchor="middle">\
{initial}</text></svg>"""


async def put_avatar(call: Call, account: Account) -> Response:
    body = await call.body(MAX_AVATAR_BYTES + MAX_JSON_BYTES, status=413)
    content = await read_file(call.request, body, "avatar")
    if len(content) > MAX_AVATAR_BYTES:
        message = f"The image is larger than {MAX_AVATAR_BYTES // 1024 // 1024} MiB."
        raise Problem(413, message, "content_too_large")
    # What the client calls it is not looked at: it could call a web page an image.
    media_type = image_type(content)
    if media_type is None:
        raise invalid("avatar", "expected an image: PNG, JPEG, GIF or WebP")
    await call.store.avatars.put(account.id, media_type, content)
    return no_content()


async def remove_avatar(call: Call, account: Account) -> Response:
    await call.store.avatars.remove(account.id)
    return no_content()


async def show_avatar(context: Context, request: Request) -> Response:
    """Answer with a picture, to anyone: pages show pictures without a token."""
    account = context.store.accounts.by_id(request.path_params["id"])
    if account is None or account.is_deleting:
        raise not_found("There is no such picture.")
    headers = {"cache-control": "public, max-age=300"}
    found = context.store.avatars.get(account.id)
    if found is None:
        drawing = DRAWN.format(
            hue=sum(account.id.encode()) * 37 % 360, initial=html.escape(account.name[0].upper())
        )
        return Response(drawing, media_type="image/svg+xml", headers=headers)
    media_type, content = found
    return Response(content, media_type=media_type, headers=headers)


def image_type(content: bytes) -> str | None:
    """Return the media type of an image by how it begins, None for anything else."""
    for signature, media_type in SIGNATURES:
        if content.startswith(signature):
            return media_type
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return "image/webp" if is_webp else None

"""Pictures of users and teams: what is checked before one is sent."""

import os
from typing import IO, TYPE_CHECKING, Union

from outpostkit._resources.values import FilePath
from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from outpost_api import models

#: A path, the bytes of an image, or a file opened in binary mode.
Avatar = Union[FilePath, bytes, IO[bytes]]


#: Bytes that the API accepts at most.
MAX_BYTES = 5 * 1024 * 1024

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)


def avatar_form(avatar: "Avatar") -> "models.AvatarForm":
    """Return the form that uploads a picture; the whole picture is read, so it can be sent again.

    Raises:
        ConfigurationError: it cannot be read, is too large, or is no PNG, JPEG, GIF or WebP.
    """
    from outpost_api.models import AvatarForm
    from outpost_api.types import File

    content = _content(avatar)
    if len(content) > MAX_BYTES:
        raise ConfigurationError(
            f"avatar: the picture is larger than {MAX_BYTES // 1024**2} MiB; use a smaller one"
        )
    kind = _kind(content)
    return AvatarForm(
        avatar=File(content, filename=_filename(avatar, kind), content_type=f"image/{kind}")
    )


def _content(avatar: "Avatar") -> bytes:
    if isinstance(avatar, (bytes, bytearray, memoryview)):
        return bytes(avatar)
    try:
        if not isinstance(avatar, (str, os.PathLike)):
            content: object = avatar.read(MAX_BYTES + 1)
        else:
            with open(os.fspath(avatar), "rb") as file:
                content = file.read(MAX_BYTES + 1)
    except (TypeError, AttributeError):
        raise ConfigurationError(
            "avatar: give a path, bytes or a file opened in binary mode, "
            f"not {type(avatar).__name__}"
        ) from None
    except (OSError, ValueError) as problem:
        raise ConfigurationError(f"avatar: it cannot be read: {problem}") from problem
    if not isinstance(content, bytes):
        raise ConfigurationError("avatar: the file is open in text mode; open it with mode 'rb'")
    return content


def _kind(content: bytes) -> str:
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    what = "is empty" if not content else "is no PNG, JPEG, GIF or WebP image"
    raise ConfigurationError(f"avatar: the picture {what}; convert it to one of these")


def _filename(avatar: "Avatar", kind: str) -> str:
    name = avatar if isinstance(avatar, (str, os.PathLike)) else getattr(avatar, "name", None)
    base = os.path.basename(str(name)) if isinstance(name, (str, os.PathLike)) else ""
    return base or f"avatar.{kind}"

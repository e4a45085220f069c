"""Opening files of sound and film with PyAV, which is FFmpeg, without opening any other file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from outpost_runtime.media.reading import Unreadable

# A playlist or a list of parts is a file too for FFmpeg: it would open what they name, be it on
# this machine or in its network.
DEMUXERS = (
    "aac,aiff,amr,asf,au,avi,caf,flac,flv,gif,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,"
    "mpegts,mpegvideo,ogg,wav,w64"
)
OPTIONS = {"format_whitelist": DEMUXERS, "protocol_whitelist": "none"}


@contextmanager
def open_container(file: bytes, kind: str) -> Iterator[Any]:
    """Give PyAV's container of a file, and turn its errors into :class:`Unreadable`.

    Args:
        file: the whole of it.
        kind: what it should be, for the message: ``"sound"`` or ``"film"``.
    """
    import av

    try:
        with av.open(io.BytesIO(file), options=OPTIONS) as container:
            yield container
    except (av.FFmpegError, EOFError) as error:
        raise Unreadable(f"the {kind} cannot be read: {error}") from None

# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/file.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""A file to send."""

import os
from typing import IO, Optional, Union


class File:
    """A file to send: its bytes or an open binary file, with the name and media type it is sent under."""

    __slots__ = ("content", "content_type", "filename")

    def __init__(
        self,
        content: Union[bytes, IO[bytes]],
        *,
        filename: Optional[str] = None,
        content_type: Optional[str] = None,
    ) -> None:
        """Describe a file.

        Args:
            content: the bytes, or a file opened in binary mode. A seekable file is read from where
                it stands now each time the request is sent; another can be sent only once.
            filename: name told to the server; the base name of the open file when not given.
            content_type: media type told to the server, such as ``text/x-python``.
        """
        if isinstance(content, str) or (
            not isinstance(content, bytes) and not hasattr(content, "read")
        ):
            raise TypeError("File content must be bytes or a file opened in binary mode")
        self.content = content
        self.filename = filename if filename is not None else _base_name(content)
        self.content_type = content_type

    def __repr__(self) -> str:
        return f"File(filename={self.filename!r}, content_type={self.content_type!r})"


def _base_name(content: object) -> Optional[str]:
    name = getattr(content, "name", None)
    return os.path.basename(name) if isinstance(name, str) and name else None

"""What is uploaded: a file from where it stands to its end, read again as often as needed."""

import hashlib
import os
import shutil
import tempfile
from typing import BinaryIO, Callable, Iterator, Optional, Union

from outpostkit.exceptions import ConfigurationError

#: Bytes read at once: few calls, and little memory however large the file is.
CHUNK_BYTES = 256 * 1024

PathOrFile = Union[str, "os.PathLike[str]", BinaryIO]
ProgressCallback = Callable[[int], None]


class Source:
    """The content of an upload.

    A file that cannot be read twice, such as a pipe, is copied to a temporary one first, because
    its hash has to be known before its first byte is sent.
    """

    def __init__(self, file: PathOrFile) -> None:
        self._given = file
        self._own: Optional[BinaryIO] = None
        self._file: Optional[BinaryIO] = None
        self._start = 0
        self.size = 0
        self.sha256 = ""

    def open(self) -> None:
        """Find out where the content begins and how large it is.

        Raises:
            ConfigurationError: it is neither a path nor a file opened in binary mode.
        """
        file = self._opened()
        if not _is_seekable(file):
            self._own = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
            shutil.copyfileobj(file, self._own, CHUNK_BYTES)
            file = self._own
            file.seek(0)
        self._file = file
        self._start = file.tell()
        self.size = max(file.seek(0, os.SEEK_END) - self._start, 0)
        file.seek(self._start)

    def measure(self) -> None:
        """Calculate the SHA-256 of the content, and look at its size again."""
        digest = hashlib.sha256()
        for chunk in self.slice(0, self.size).chunks():
            digest.update(chunk)
        self.sha256 = digest.hexdigest()

    def slice(self, pos: int, size: int) -> "Slice":
        """Return ``size`` bytes of the content, from its byte number ``pos`` on."""
        assert self._file is not None, "the source is opened first"
        return Slice(self._file, self._start + pos, size)

    def close(self) -> None:
        """Close what was opened here; the file of the caller stays open."""
        if self._own is not None:
            self._own.close()

    def _opened(self) -> BinaryIO:
        if isinstance(self._given, (str, os.PathLike)):
            self._own = open(self._given, "rb")  # noqa: SIM115 - closed in close()
            return self._own
        if not hasattr(self._given, "read") or isinstance(self._given.read(0), str):
            raise ConfigurationError(
                "file_obj must be a path or a file opened in binary mode: open(path, 'rb')"
            )
        return self._given


class Slice:
    """A range of bytes of a file, which can be read any number of times."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file = file
        self._start = start
        self.size = size

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes, from the first one each time.

        Raises:
            ConfigurationError: the file has become shorter than it was.
        """
        left = self.size
        self._file.seek(self._start)
        while left:
            chunk = self._file.read(min(CHUNK_BYTES, left))
            if not chunk:
                raise ConfigurationError("the file became shorter while it was uploaded")
            left -= len(chunk)
            yield chunk


class Progress:
    """Tells a callback how many bytes more are done; what is repeated is not told twice."""

    def __init__(self, callback: Optional[ProgressCallback]) -> None:
        self._callback = callback
        self._told = 0

    def reached(self, position: int) -> None:
        """Say that the first ``position`` bytes are done."""
        more = position - self._told
        if more > 0:
            self._told = position
            if self._callback is not None:
                self._callback(more)

    @property
    def is_heard(self) -> bool:
        """Whether somebody wants to know."""
        return self._callback is not None

    def part(self) -> "Progress":
        """Return the progress of a part that begins here, counted from 0."""
        return _PartProgress(self)


class _PartProgress(Progress):
    def __init__(self, whole: Progress) -> None:
        super().__init__(None)
        self._whole = whole
        self._base = whole._told

    @property
    def is_heard(self) -> bool:
        return self._whole.is_heard

    def reached(self, position: int) -> None:
        self._whole.reached(self._base + position)


def _is_seekable(file: BinaryIO) -> bool:
    seekable = getattr(file, "seekable", None)
    return callable(seekable) and bool(seekable())

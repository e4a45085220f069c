"""What is downloaded: how much of it is there, how to ask for the rest, and whether it is right."""

import hashlib
import os
import re
from typing import BinaryIO, Callable, Dict, Optional

import httpx

from outpostkit.exceptions import OutpostError
from outpostkit.repository._source import CHUNK_BYTES, Progress


class StartOver(httpx.RemoteProtocolError):
    """The answer does not continue what is there; the next attempt begins from the first byte."""


class Receiving:
    """A file that is being filled, from where it stands, by one or several answers.

    Attributes:
        have: bytes that are there.
        gained: bytes that the last attempt has brought.
        is_wrong: the content is not what it should be, and no repetition will help.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        wrong: Callable[[str], OutpostError],
        progress: Progress,
        size: Optional[int] = None,
        sha256: Optional[str] = None,
    ) -> None:
        """Describe what should come.

        Args:
            file: where it goes, writable in binary mode.
            wrong: makes the error for content that is not right.
            progress: is told how many bytes are there.
            size: bytes that must come; None if the server says.
            sha256: hash that they must have. With it, several answers may be pieced together;
                without it, only answers that carry the same strong ``ETag``.
        """
        self._file = file
        self._wrong = wrong
        self._progress = progress
        self._size = size
        self._announced: Optional[int] = None
        self._sha256 = sha256
        self._etag: Optional[str] = None
        self._start = _position(file)
        self._digest = hashlib.sha256()
        self._is_pieced = False
        self.have = 0
        self.gained = 0
        self.is_wrong = False

    def take_over(self) -> None:
        """Count and hash what an earlier download has left in the file; needs size and hash."""
        self._file.seek(self._start or 0)
        while True:
            chunk = self._file.read(CHUNK_BYTES)
            if not chunk:
                break
            self._digest.update(chunk)
            self.have += len(chunk)
        self._is_pieced = self.have > 0
        too_much = self._size is not None and self.have > self._size
        if too_much or (self.have == self._size and not self._is_right()):
            self.restart()
        self._progress.reached(self.have)

    def is_whole(self) -> bool:
        """Tell whether every byte is there."""
        return self.have == self._size

    def headers(self) -> Dict[str, str]:
        """Return the headers that ask for what is missing; without any, all of it comes."""
        self.gained = 0
        if self.have and self._sha256 is None and self._etag is None:
            self.restart()
        if not self.have:
            return {}
        headers = {"Range": f"bytes={self.have}-"}
        if self._etag is not None:
            headers["If-Range"] = self._etag
        return headers

    def accept(self, response: httpx.Response) -> bool:
        """Make ready for the body of an answer; tell whether it is content.

        Raises:
            StartOver: the answer does not continue what is there.
        """
        status_code = response.status_code
        if status_code == 416 and self.have:
            self.restart()
            raise StartOver("the server cannot continue the download")
        if not 200 <= status_code < 300:
            return False
        if status_code == 206:
            self._continue(response)
            return True
        if self.have:
            self.restart()  # The server sends all of it, whatever was asked for.
        etag = response.headers.get("etag", "")
        self._etag = etag if etag.startswith('"') else None
        length = response.headers.get("content-length", "")
        if length.isdigit() and "content-encoding" not in response.headers:
            self._announced = int(length)
        if None not in (self._size, self._announced) and self._size != self._announced:
            raise self._failed(f"the server sends {self._announced} bytes, not {self._size}")
        return True

    def write(self, chunk: bytes) -> None:
        """Append to what is there.

        Raises:
            OutpostError: more comes than should.
        """
        if self._size is not None and self.have + len(chunk) > self._size:
            raise self._failed(f"the server sends more than the {self._size} bytes it should have")
        view = memoryview(chunk)
        while view:
            written = self._file.write(view)
            view = view[len(view) if written is None else written :]
        self._digest.update(chunk)
        self.have += len(chunk)
        self.gained += len(chunk)
        self._progress.reached(self.have)

    def complete(self) -> None:
        """Check that what is there is all, and right.

        Raises:
            StartOver: it was pieced together and does not fit.
            httpx.RemoteProtocolError: something is missing.
            OutpostError: it has another hash than it should have.
        """
        size = self._announced if self._size is None else self._size
        if size is not None and self.have < size:
            raise httpx.RemoteProtocolError(f"it ends after {self.have} of {size} bytes")
        if not self._is_right():
            if self._is_pieced:
                self.restart()
                raise StartOver("the pieces do not fit together")
            raise self._failed("its SHA-256 is not that of the object")
        self._file.flush()

    def restart(self) -> None:
        """Forget what is there.

        Raises:
            OutpostError: the file cannot go back.
        """
        if self.have and self._start is None:
            raise self._failed("the download broke off, and the file it goes to cannot go back")
        self.rewind()
        self._digest = hashlib.sha256()
        self._announced = self._etag = None
        self._is_pieced = False
        self.have = 0

    def rewind(self) -> None:
        """Take what was written out of the file again, where it can go back."""
        if self._start is not None:
            self._file.seek(self._start)
            self._file.truncate()

    def _continue(self, response: httpx.Response) -> None:
        found = re.fullmatch(r"bytes (\d+)-\d*/(\d+|\*)", response.headers.get("content-range", ""))
        first = int(found.group(1)) if found else -1
        if first != self.have or "content-encoding" in response.headers:
            self.restart()
            raise StartOver("the server sends another range than it was asked for")
        self._is_pieced = True

    def _is_right(self) -> bool:
        return self._sha256 is None or self._digest.hexdigest() == self._sha256

    def _failed(self, reason: str) -> OutpostError:
        self.is_wrong = True
        return self._wrong(reason)


def _position(file: BinaryIO) -> Optional[int]:
    """Return where a file stands, or None when it cannot go back there."""
    try:
        return file.seek(0, os.SEEK_CUR) if file.seekable() else None
    except (AttributeError, OSError, ValueError):
        return None

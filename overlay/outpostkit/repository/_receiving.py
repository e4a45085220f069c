"""What is downloaded: how much of it is there, how to ask for the rest, and whether it is right."""

import hashlib
import logging
import os
import re
from typing import BinaryIO, Callable, Dict, Optional

import httpx

from outpostkit.exceptions import OutpostError
from outpostkit.repository._proof import Proof, Version
from outpostkit.repository._source import CHUNK_BYTES, Progress

logger = logging.getLogger("outpostkit")

#: What a server answers when there is no such content any more.
_GONE = (404, 410)


class StartOver(httpx.RemoteProtocolError):
    """The answer does not continue what is there; the next attempt begins from the first byte."""


class Receiving:
    """A file that is being filled, from where it stands, by one or several answers.

    Attributes:
        have: bytes that are there.
        is_wrong: the content is not what it should be, and no repetition will help.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        wrong: Callable[[str], OutpostError],
        progress: Progress,
        label: str = "a download",
        size: Optional[int] = None,
        sha256: Optional[str] = None,
        proof: Optional[Proof] = None,
    ) -> None:
        """Describe what should come.

        Args:
            file: where it goes, writable in binary mode.
            label: names it in logs.
            wrong: makes the error for content that is not right.
            progress: is told how many bytes are there.
            size: bytes that must come; None if the server says.
            sha256: hash that they must have. With it, several answers may be pieced together;
                without it, only answers that carry the same strong ``ETag``.
            proof: where it is noted what has come, if a later download is to go on with it.
        """
        self._file = file
        self._wrong = wrong
        self._progress = progress
        self._size = size
        self._announced: Optional[int] = None
        self._label = label
        self._sha256 = sha256
        self._proof = proof
        self._etag: Optional[str] = None
        self._start = _position(file)
        self._digest = hashlib.sha256()
        self._is_pieced = False
        self.have = 0
        self._furthest = 0
        self.is_wrong = False

    def take_over(self) -> None:
        """Count and hash what an earlier download has left in the file, as far as it can be used.

        With a hash, all of it is tried; without one, what is proven to be of one version.
        """
        if self._sha256 is None:
            self._take_over_proven()
        else:
            self._take_over_all()
            self._progress.reached(self.have)
        if self.have:
            logger.info(
                "%s: %d bytes are there from an earlier one, the rest is asked for",
                self._label,
                self.have,
            )

    def _take_over_all(self) -> None:
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

    def _take_over_proven(self) -> None:
        version = None if self._proof is None else self._proof.version()
        if self._proof is not None and version is not None:
            # The server has to say whether this is its version still, and cannot send nothing:
            # of a file that is whole, the last byte is asked for again.
            limit = None if version.size is None else max(0, version.size - 1)
            self.have, self._digest = self._proof.proven(self._file, limit)
            self._etag, self._announced = version.etag, version.size
            self._is_pieced = self.have > 0
        self._file.seek(self.have)
        self._file.truncate()

    @property
    def gained(self) -> int:
        """How many bytes the last attempt has brought that no other had."""
        return max(0, self.have - self._furthest)

    def is_whole(self) -> bool:
        """Tell whether every byte is there."""
        return self.have == self._size

    def headers(self) -> Dict[str, str]:
        """Return the headers that ask for what is missing; without any, all of it comes."""
        self._furthest = max(self._furthest, self.have)
        if self.have and not self._can_go_on:
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
            logger.info("%s: the server sends all of it, from its first byte", self._label)
            self.restart()  # Whatever was asked for.
        self._etag = self._announced = None
        if "content-encoding" not in response.headers:  # else other bytes come than are counted
            etag = response.headers.get("etag", "")
            self._etag = etag if etag.startswith('"') else None
            length = response.headers.get("content-length", "")
            self._announced = int(length) if length.isdigit() else None
        if None not in (self._size, self._announced) and self._size != self._announced:
            raise self._failed(f"the server sends {self._announced} bytes, not {self._size}")
        if self._proof is not None:
            self._proof.begin(Version(self._etag, self._announced) if self._etag else None)
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
        if self._proof is not None and self._etag is not None:
            self._proof.mark(self.have, self._digest.hexdigest())
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
        if size is not None and self.have > size:
            self.restart()
            raise StartOver("the server sends more than it has announced")
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
        self._furthest = max(self._furthest, self.have)
        self.have = 0

    def rewind(self) -> None:
        """Take what was written out of the file again, where it can go back."""
        if self._start is not None:
            self._file.seek(self._start)
            self._file.truncate()

    def is_worth_keeping(self, error: BaseException) -> bool:
        """Tell whether a later download could go on after this error."""
        is_gone = getattr(error, "status_code", None) in _GONE
        return self.have > 0 and self._can_go_on and not (self.is_wrong or is_gone)

    @property
    def _can_go_on(self) -> bool:
        return self._sha256 is not None or self._etag is not None

    def _continue(self, response: httpx.Response) -> None:
        found = re.fullmatch(r"bytes (\d+)-\d*/(\d+|\*)", response.headers.get("content-range", ""))
        first, total = (int(found.group(1)), found.group(2)) if found else (-1, "*")
        is_same = (
            first == self.have
            and (total == "*" or self._announced in (None, int(total)))
            # A server that has no If-Range may send the rest of another version.
            and (self._sha256 or response.headers.get("etag") in (None, self._etag))
            and "content-encoding" not in response.headers
        )
        if not is_same:
            self.restart()
            raise StartOver("the server sends another range than it was asked for")
        if total != "*" and self._announced is None:
            self._announced = int(total)
        self._is_pieced = True
        self._progress.reached(self.have)

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

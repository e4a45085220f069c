"""What proves that the bytes of a part file are those of one answer, as far as they go.

An ``ETag`` says which version a server sends; it does not say that what lies on a disk is that
version still. Beside the part is therefore a file of marks: "so many bytes, with this SHA-256". A
program may be killed at any moment, or the machine lose its power: what no mark vouches for is
fetched again.
"""

import hashlib
import json
from typing import TYPE_CHECKING, BinaryIO, Iterator, NamedTuple, Optional, Tuple

if TYPE_CHECKING:
    from hashlib import _Hash

#: One mark for so many bytes stays; the last one moves along with every write.
MARK_EVERY_BYTES = 8 * 1024 * 1024
_MARK_LENGTH = 20 + 1 + 64 + 1
_HEAD_LENGTH = 1024


class Version(NamedTuple):
    """Which content it is: its strong ``ETag``, and its size where the server has told it."""

    etag: str
    size: Optional[int]


class Proof:
    """The marks of one part file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def begin(self, version: Optional[Version]) -> None:
        """Forget all marks; without a version, nothing that follows can be proven."""
        self._file.seek(0)
        self._file.truncate()
        if version is not None:
            head = json.dumps({"etag": version.etag, "size": version.size}).encode()
            if len(head) < _HEAD_LENGTH:
                self._file.write(head.ljust(_HEAD_LENGTH - 1) + b"\n")

    def mark(self, have: int, sha256: str) -> None:
        """Vouch for the first ``have`` bytes."""
        number = max(0, have - 1) // MARK_EVERY_BYTES
        self._file.seek(_HEAD_LENGTH + number * _MARK_LENGTH)
        self._file.write(b"%020d %s\n" % (have, sha256.encode("ascii")))

    def version(self) -> Optional[Version]:
        """Return the version that the marks are of, or None when there are none to go by."""
        self._file.seek(0)
        head = self._file.read(_HEAD_LENGTH)
        try:
            told = json.loads(head)
            etag, size = told["etag"], told["size"]
        except (ValueError, TypeError, KeyError):
            return None
        is_known = isinstance(etag, str) and (size is None or isinstance(size, int))
        return Version(etag, size) if is_known and len(head) == _HEAD_LENGTH else None

    def proven(self, part: BinaryIO, limit: Optional[int]) -> "Tuple[int, _Hash]":
        """Return how many bytes of a part are proven, ``limit`` at most, and their hash so far."""
        part.seek(0)
        have, digest = 0, hashlib.sha256()
        best = 0, digest.copy()
        for marked, sha256 in self._marks():
            # A hash cannot take a byte back: the one at the limit is put aside on the way there.
            aside = limit is not None and have <= limit < marked
            if aside and limit is not None:
                have = _hash_up_to(part, have, limit, digest)
            shortened = have, digest.copy()
            have = _hash_up_to(part, have, marked, digest)
            if have != marked or digest.hexdigest() != sha256:
                break
            best = shortened if aside else (have, digest.copy())
            if aside:
                break
        return best

    def _marks(self) -> Iterator[Tuple[int, str]]:
        self._file.seek(_HEAD_LENGTH)
        last = 0
        while True:
            line = self._file.read(_MARK_LENGTH)
            have, _, sha256 = line[:-1].partition(b" ")
            if len(line) < _MARK_LENGTH or not have.isdigit() or int(have) <= last:
                return
            last = int(have)
            yield last, sha256.decode("ascii", "replace")


def _hash_up_to(part: BinaryIO, have: int, end: int, digest: "_Hash") -> int:
    """Hash on from byte ``have`` to ``end``; return how far the part goes."""
    while have < end:
        chunk = part.read(min(1024 * 1024, end - have))
        if not chunk:
            break
        digest.update(chunk)
        have += len(chunk)
    return have

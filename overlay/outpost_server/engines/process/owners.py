"""A user of the system for each account, where the server may take their names: as root."""

from __future__ import annotations

import json
import os
import pwd
import zlib
from pathlib import Path

# Far above what systems give to people, to services and to containers of theirs.
FIRST_UID = 1_700_000_000
PER_SERVER = 10_000
SERVERS = 10_000


class Owners:
    """The numbers, kept in ``file``: an account has the same one for good."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._uids: dict[str, int] = {}

    def uid(self, owner_id: str) -> int:
        """Return the user of an account.

        Raises:
            OSError: the file cannot be read or written.
        """
        if not self._uids and self._file.exists():
            self._uids = json.loads(self._file.read_bytes())
        if owner_id not in self._uids:
            uid = max(self._uids.values(), default=self.first - 1) + 1
            while _is_known(uid):
                uid += 1
            self._write({**self._uids, owner_id: uid})
        return self._uids[owner_id]

    @property
    def first(self) -> int:
        """The first number. Servers with other data folders on one machine begin elsewhere."""
        return FIRST_UID + zlib.crc32(str(self._file).encode()) % SERVERS * PER_SERVER

    def _write(self, uids: dict[str, int]) -> None:
        partial = self._file.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(uids, file)
        partial.replace(self._file)
        self._uids = uids


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True

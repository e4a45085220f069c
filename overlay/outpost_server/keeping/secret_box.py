"""Keeping secrets unreadable at rest: sealed with a key that is not in the store."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class WrongKey(Exception):
    """The key did not seal this text, or the text has been changed."""


class SecretBox:
    """Seals texts with one key: authenticated encryption, AES in the form of Fernet.

    Raises:
        WrongKey: ``key`` is not a key at all.
    """

    def __init__(self, key: bytes) -> None:
        try:
            self._fernet = Fernet(key.strip())
        except ValueError:
            raise WrongKey from None

    def __repr__(self) -> str:
        return "<SecretBox>"

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return the text that was sealed.

        Raises:
            WrongKey: another key sealed it, or it has been changed.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise WrongKey from None


def write_new_key(path: Path) -> bytes:
    """Make a key and put it into a new file that only its owner may read, on the disk for good."""
    key = Fernet.generate_key()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as file:
        file.write(key + b"\n")
        file.flush()
        os.fsync(descriptor)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return key

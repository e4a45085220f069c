"""The error of transfers of large files."""

from typing import Optional

from outpostkit.exceptions import OutpostError

__all__ = ["LfsError"]


class LfsError(OutpostError, RuntimeError):
    """A transfer of large files failed, and a repetition would fail the same way.

    That a server gave no answer is an :class:`outpostkit.exceptions.OutpostConnectionError`
    instead. The message never quotes the address or the headers of a transfer: they are as good
    as a password.

    Attributes:
        status_code: status of the answer, or the code that the server gives for one object (404:
            it does not exist); None when the server has not refused, but sent what cannot be used.
        oid: SHA-256 of the object, when one is concerned.
    """

    status_code: Optional[int] = None
    oid: Optional[str] = None

    def __init__(
        self, *args: object, status_code: Optional[int] = None, oid: Optional[str] = None
    ) -> None:
        super().__init__(*args)
        self.status_code = status_code
        self.oid = oid

    @property
    def code(self) -> Optional[int]:
        """The same as ``status_code``: the name that the Git LFS protocol uses."""
        return self.status_code

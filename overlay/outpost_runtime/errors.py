"""Answers that a template gives by raising."""

from __future__ import annotations

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError


class Overloaded(HTTPException):
    """As many requests wait as may: 503, with ``Retry-After`` in seconds."""

    def __init__(self, message: str, retry_after_s: int = 1) -> None:
        self.message = message
        self.code = "replica_overloaded"
        detail = {"message": message, "code": self.code}
        super().__init__(503, detail=detail, headers={"Retry-After": str(retry_after_s)})


def bad_input(field: str | tuple[str | int, ...], message: str) -> RequestValidationError:
    """Return what to raise for input that cannot be used: 422, which names ``field``.

    Args:
        field: where it is in the body, such as ``"image"`` or ``("inputs", 3)``.
        message: what is wrong with it, and what would be right.
    """
    path = (field,) if isinstance(field, str) else field
    return RequestValidationError([{"loc": ("body", *path), "msg": message, "type": "value_error"}])

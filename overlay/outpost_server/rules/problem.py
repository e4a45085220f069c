"""An error as the API answers it: the document's ``Error`` schema with a status."""

from __future__ import annotations

import math

import msgspec


class Problem(Exception):
    """Raised anywhere while a request is handled; becomes the answer."""

    def __init__(
        self, status: int, message: str, code: str, *, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.retry_after_s = retry_after_s

    @property
    def body(self) -> bytes:
        return msgspec.json.encode({"message": self.message, "code": self.code})

    @property
    def headers(self) -> dict[str, str]:
        headers = {"content-type": "application/json"}
        if self.status == 401:
            headers["www-authenticate"] = "Bearer"
        if self.retry_after_s is not None:
            headers["retry-after"] = str(max(1, math.ceil(self.retry_after_s)))
        return headers


def invalid(field: str, what: str) -> Problem:
    """A value of a body that cannot be; ``what`` says how it should be."""
    return Problem(422, f"{field}: {what}", "invalid_value")


def invalid_query(name: str, what: str) -> Problem:
    """A query value that cannot be; ``what`` says how it should be."""
    return Problem(400, f"{name}: {what}", "invalid_value")


def forbidden(message: str) -> Problem:
    return Problem(403, message, "forbidden")


def not_found(message: str) -> Problem:
    return Problem(404, message, "not_found")


def name_taken(name: str) -> Problem:
    return Problem(409, f"The name {name} is taken.", "name_taken")


def internal_error() -> Problem:
    return Problem(500, "The local Outpost failed; see its server log.", "internal_error")


def token_ended(user: str, at: str | None) -> Problem:
    message = (
        f"This API token of {user} ended at {at}. Whoever runs this Outpost gives another one with:"
        f" outpostkit local user renew {user}"
    )
    return Problem(401, message, "token_ended")


def unauthorized(has_token: bool) -> Problem:
    if has_token:
        return Problem(401, "The API token is not valid for this Outpost.", "unauthorized")
    message = "No API token. Send it in the header 'Authorization: Bearer <token>'."
    return Problem(401, message, "unauthorized")

"""Calls of a plan that give the whole answer: status, headers, request id, body as received."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpostkit._calls.calls import AsyncCalls, Calls


class RawCalls:
    """``Client.call``, giving the answer, a success, as a whole; errors as there."""

    def __init__(self, calls: "Calls") -> None:
        self.call = calls.answer


class AsyncRawCalls:
    """``AsyncClient.call``, giving the answer, a success, as a whole; errors as there."""

    def __init__(self, calls: "AsyncCalls") -> None:
        self.call = calls.answer

"""What there is to tell of a request when it is over."""

from __future__ import annotations

from collections.abc import Callable

import msgspec


class FinishedRequest(msgspec.Struct, frozen=True):
    """A request of an endpoint; ``took_s`` is from its head to the last byte of its answer.

    ``is_answered`` is false where the client left before an answer began, and for WebSockets.
    """

    endpoint_id: str
    method: str
    path: str
    status: int
    took_s: float
    replica_id: str
    request_id: str
    is_answered: bool
    is_healthcheck: bool


Observer = Callable[[FinishedRequest], None]

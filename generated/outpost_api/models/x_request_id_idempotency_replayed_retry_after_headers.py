# Generated from spec/outpost.yaml#/paths/~1predict/post/responses by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""XRequestIdIdempotencyReplayedRetryAfterHeaders: Headers of an answer, as far as the server sent them."""

from typing import ClassVar, Literal, Mapping, Union

from attrs import define

from outpost_api.model import Model
from outpost_api.types import UNSET, Unset


@define
class XRequestIdIdempotencyReplayedRetryAfterHeaders(Model):
    """Headers of an answer, as far as the server sent them.

    Attributes:
        x_request_id: Identifies the request in the logs of the server. (at most 128 characters)
        idempotency_replayed: There and `true` when the answer is that of an earlier request with
            the same key.
        retry_after: Seconds to wait before the request is worth repeating, or a date. (at most 64
            characters)
    """

    __wire_names__: ClassVar[Mapping[str, str]] = {
        "x_request_id": "X-Request-Id",
        "idempotency_replayed": "Idempotency-Replayed",
        "retry_after": "Retry-After",
    }

    __native__: ClassVar[bool] = False

    x_request_id: Union[Unset, str] = UNSET
    idempotency_replayed: Union[Unset, Literal["true"]] = UNSET
    retry_after: Union[Unset, str] = UNSET


__all__ = ["XRequestIdIdempotencyReplayedRetryAfterHeaders"]

"""Failures that a method sees through, instead of raising them."""

from outpostkit.exceptions import (
    NotFoundError,
    OutpostConnectionError,
    OutpostError,
    RateLimitError,
    ServerError,
)


def is_passing(problem: OutpostError) -> bool:
    """Tell whether waiting may cure it: a lost connection, a busy or restarting server."""
    return isinstance(problem, (OutpostConnectionError, RateLimitError, ServerError))


def was_deleted_before(error: NotFoundError) -> bool:
    """Tell whether a deletion found nothing because its own first attempt succeeded.

    The answer to that was lost, or there would not have been a second attempt. Either way the
    endpoint is gone, which is what was asked for.
    """
    return error.attempts > 1

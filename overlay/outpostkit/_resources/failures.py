"""Failures that a method sees through, instead of raising them."""

from contextlib import contextmanager
from typing import Iterator

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


@contextmanager
def deletion() -> Iterator[None]:
    """See through a deletion that finds nothing because its own first attempt succeeded.

    The answer to that was lost, or there would not have been a second attempt. Either way it is
    gone, which is what was asked for.
    """
    try:
        yield
    except NotFoundError as error:
        if error.attempts <= 1:
            raise

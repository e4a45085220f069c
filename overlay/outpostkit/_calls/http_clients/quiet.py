"""Sending through httpx without its log lines, which hold whole addresses and answers' headers.

Our own lines say as much, without secrets. Requests of a program's other clients are logged as
ever, also those that are sent at the same time. Only what goes through httpx needs it, so it is
imported with the first such request.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Iterator, Optional

if TYPE_CHECKING:
    import httpx

#: The request of ours that this thread or task is sending.
_sent: ContextVar[Optional[httpx.Request]] = ContextVar("outpostkit_sent", default=None)

#: What HTTP/2 is packed with logs every header with its value, of requests too.
_PACKING = ("hpack.hpack", "hpack.table")
_LOGGERS = ("httpx", "httpcore.http11", "httpcore.http2", *_PACKING)


def _is_shown(record: logging.LogRecord) -> bool:
    request = _sent.get()
    if request is None:
        return True
    if record.name == "httpx":
        # Others may be sent from within: by an event hook, for example.
        values = record.args
        return not (isinstance(values, tuple) and any(each is request.url for each in values))
    return record.name not in _PACKING and "response_headers.complete" not in str(record.msg)


@contextmanager
def unlogged(request: httpx.Request) -> Iterator[None]:
    """Keep quiet about a request while it is sent in this thread or task."""
    for name in _LOGGERS:
        # Each time, as a program may have set up its loggers anew; adding it again does nothing.
        logging.getLogger(name).addFilter(_is_shown)
    before = _sent.set(request)
    try:
        yield
    finally:
        _sent.reset(before)

"""The server's own log: one line per event on stderr, as text or JSON, in files of bounded size."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from outpost_server.rules.request_id import RequestIdFilter

# Two files of this size at most: the one that is written and the one before it.
MAX_FILE_BYTES = 32 * 1024 * 1024

TEXT = "%(asctime)s %(levelname)s %(name)s %(request_id)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """One JSON object per record, for programs that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exc_info"] = self.formatException(record.exc_info)
        return json.dumps(line)


class WithoutQueries(logging.Filter):
    """Cuts the query from uvicorn's lines about WebSockets: it may hold tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        if "WebSocket %s" in str(record.msg) and isinstance(record.args, tuple):
            record.args = tuple(
                one.partition("?")[0] if isinstance(one, str) else one for one in record.args
            )
        return True


class BoundedStderr(logging.StreamHandler[TextIO]):
    """Writes to stderr. Where that is the file ``path``, a new one is begun when it has grown."""

    def __init__(self, path: Path | None, *, max_bytes: int = MAX_FILE_BYTES) -> None:
        super().__init__(sys.stderr)
        self._path = path
        self._max_bytes = max_bytes

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(record)
        if self._path is not None and os.fstat(2).st_size > self._max_bytes:
            try:
                self._begin_anew(self._path)
            except OSError:
                self.handleError(record)

    def _begin_anew(self, path: Path) -> None:
        os.replace(path, path.with_name(path.name + ".1"))
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # Not only this handler writes there: tracebacks of the interpreter do, too.
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.close(file)


def set_up_logging(form: str, path: Path | None = None) -> None:
    """Write the server's log to stderr, as one of ``LOG_FORMATS``.

    ``path`` is the file that stdout and stderr are, where they are one of this server.
    """
    handler = BoundedStderr(path)
    handler.addFilter(RequestIdFilter())
    handler.addFilter(WithoutQueries())
    handler.setFormatter(JsonFormatter() if form == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)

"""Log records of the template and of the libraries it uses, as lines of the runtime log.

They go to the supervisor, which writes them: a replica cannot reach the file. Each is one message
of a socket that keeps them whole and apart, whichever process of the template sends them, and is
answered when it is written: what a template has logged can be read once it has answered.
"""

from __future__ import annotations

import logging
import os
import socket
import struct
import sys
from contextlib import suppress

from outpost_server.log_files import log_line

# Less than what such a socket takes at once, whatever the system.
MAX_RECORD_BYTES = 96 * 1024
WRITTEN = b"1"
# A template must not wait for a log for ever.
PATIENCE_S = 2
# Of each text of a longer record; a character can take six bytes in JSON.
MAX_CUT_CHARS = 4 * 1024


def record_sockets() -> tuple[int, int]:
    """Return the descriptor where records are read and that where they are sent."""
    kind = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
    reader, writer = socket.socketpair(socket.AF_UNIX, kind)
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_RECORD_BYTES)
    writer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", PATIENCE_S, 0))
    return reader.detach(), writer.detach()


class RuntimeLogHandler(logging.Handler):
    """Sends each record as one line, with its traceback and stack when it has them."""

    def __init__(self, records: int, pod_name: str) -> None:
        super().__init__()
        self._records = records
        self._pod_name = pod_name
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            exc_info = self._formatter.formatException(record.exc_info) if record.exc_info else None
            message = record.getMessage()
            tracebacks = {
                "exc_info": record.exc_text or exc_info,
                "stack_info": record.stack_info,
            }
            line = self._line(record, message, tracebacks)
            if len(line) > MAX_RECORD_BYTES:
                cut = {name: text and _end(text) for name, text in tracebacks.items()}
                line = self._line(record, message[:MAX_CUT_CHARS] + " [cut]", cut)
            os.write(self._records, line)
            with suppress(BlockingIOError):
                os.read(self._records, len(WRITTEN))
        except Exception:
            self.handleError(record)

    def _line(
        self, record: logging.LogRecord, message: str, tracebacks: dict[str, str | None]
    ) -> bytes:
        return log_line(
            "runtime",
            record.levelname,
            record.name,
            message,
            level_num=record.levelno,
            pod_name=self._pod_name,
            **tracebacks,
        )


def _end(text: str) -> str:
    """Return the end of a traceback, which says what happened."""
    return text if len(text) <= MAX_CUT_CHARS else f"[cut] {text[-MAX_CUT_CHARS:]}"


class OwnLog:
    """What the worker itself has to say: it reaches the log however the template sets logging up.

    Templates switch loggers off, put filters on handlers, remove and replace them, and have records
    of their own. So this has a handler that no logger has, passes by its filters and its level, and
    makes its records itself.
    """

    def __init__(self) -> None:
        self.handler: RuntimeLogHandler | None = None

    def error(self, name: str, message: str, traceback: str | None) -> None:
        """Write an error, with the text of a traceback."""
        record = logging.LogRecord(name, logging.ERROR, "", 0, message, (), None)
        record.exc_text = traceback
        if self.handler is None:  # in tests, which have no server
            logging.getLogger(name).handle(record)
        else:
            self.handler.acquire()
            try:
                self.handler.emit(record)
            finally:
                self.handler.release()


OWN_LOG = OwnLog()


def capture_logs(records: int, pod_name: str) -> None:
    """Send every log record from INFO on to the runtime log, and warnings with them.

    ``records`` is the descriptor that they go to.
    """
    OWN_LOG.handler = RuntimeLogHandler(records, pod_name)
    of_template = RuntimeLogHandler(records, pod_name)
    # One socket for both: each has to read the answer to what it has sent itself.
    of_template.lock = OWN_LOG.handler.lock
    logging.basicConfig(level=logging.INFO, handlers=[of_template], force=True)
    logging.captureWarnings(True)
    # That a server starts and stops is told by the event log, in words about replicas.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)

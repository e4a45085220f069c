"""Log records of the template and of the libraries it uses, as lines of the runtime log."""

from __future__ import annotations

import logging

from outpost_server.log_files import LogFile, log_line


class RuntimeLogHandler(logging.Handler):
    """Writes each record as one line, with its traceback and stack when it has them."""

    def __init__(self, path: str, pod_name: str) -> None:
        super().__init__()
        self._file = LogFile(path)
        self._pod_name = pod_name
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            exc_info = self._formatter.formatException(record.exc_info) if record.exc_info else None
            line = log_line(
                "runtime",
                record.levelname,
                record.name,
                record.getMessage(),
                level_num=record.levelno,
                exc_info=record.exc_text or exc_info,
                stack_info=record.stack_info,
                pod_name=self._pod_name,
            )
            self._file.write(line)
        except Exception:
            self.handleError(record)


def capture_logs(path: str, pod_name: str) -> None:
    """Send every log record from INFO on to the runtime log, and warnings with them."""
    logging.basicConfig(
        level=logging.INFO, handlers=[RuntimeLogHandler(path, pod_name)], force=True
    )
    logging.captureWarnings(True)
    # That a server starts and stops is told by the event log, in words about replicas.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)

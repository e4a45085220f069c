"""Which lines of a log somebody looks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from outpost_server.keeping.log_reading import read_line
from outpost_server.log_files import LEVELS


@dataclass(frozen=True)
class LogSearch:
    """Lines that have ``text``, in upper or lower case, and at least ``level``; "" is any.

    The text is looked for in what a line says: its message, its traceback, its replica.
    """

    text: str = ""
    level: str = ""

    def takes(self, line: bytes) -> bool:
        """Return whether a line of a log file is looked for; one that was cut in two is not."""
        if self._is_elsewhere(line):
            return False
        try:
            data = read_line(line)["data"]
        except ValueError:
            return False
        return self._is_grave_enough(data) and self._lower in _said(data).lower()

    @cached_property
    def _lower(self) -> str:
        return self.text.lower()

    def _is_elsewhere(self, line: bytes) -> bool:
        """Return whether the line cannot have the text, without parsing it: most lines have not.

        What JSON escapes has a backslash. Whoever has written it may not have escaped all that is
        no ASCII.
        """
        is_plain = b"\\" not in line and line.isascii()
        return is_plain and self._lower.encode(errors="replace") not in line.lower()

    def _is_grave_enough(self, data: dict[str, Any]) -> bool:
        number = data.get("level_num")
        return not self.level or (isinstance(number, int) and number >= LEVELS[self.level])


#: Every line.
EVERYTHING = LogSearch()


def _said(data: dict[str, Any]) -> str:
    origin = data.get("kubernetes")
    pod_name = origin.get("pod_name") if isinstance(origin, dict) else None
    texts = (data.get("message"), data.get("exc_info"), data.get("stack_info"), pod_name)
    return "\n".join(text for text in texts if isinstance(text, str))

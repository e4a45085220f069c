"""The end of a log as an error shows it: short, and as a terminal would have shown it."""

import re
from typing import TYPE_CHECKING, List, Sequence, Tuple

from outpostkit._calls.redaction import redact
from outpostkit.endpoints._waiting import TAIL_LINES

if TYPE_CHECKING:
    from outpost_api.models import EndpointLog

#: How many of one message or traceback: what the template has printed, and how it died, are both
#: to be seen.
TEXT_LINES = 20
LINE_CHARS = 1000

#: Colours and movements of the cursor, and what else terminals take for commands.
_COMMAND = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def tail_of(logs: "Sequence[EndpointLog]", secrets: Tuple[str, ...]) -> List[str]:
    """Return the last lines of messages and tracebacks, at most 40, without the secrets."""
    lines: List[str] = []
    for log in logs:
        lines += _shortened(_lines(redact(log.data.message, secrets)))
        lines += _shortened(_lines(redact(log.data.exc_info or "", secrets)))
    return lines[-TAIL_LINES:]


def _lines(text: str) -> List[str]:
    """Return the lines of a text; of those that were written over each other, the last."""
    lines = []
    # As everywhere, LF and CR LF end lines, and no other character does.
    for line in text.split("\n"):
        shown = _CONTROL.sub("", _COMMAND.sub("", line.rstrip("\r").rpartition("\r")[2]))
        lines.append(shown if len(shown) <= LINE_CHARS else f"{shown[:LINE_CHARS]} ...")
    return lines if lines and lines[-1] else lines[:-1]


def _shortened(lines: List[str]) -> List[str]:
    """Return the first line, which says what it is, and the last, which say why."""
    if len(lines) <= TEXT_LINES:
        return lines
    left_out = len(lines) - TEXT_LINES + 1
    return [lines[0], f"... {left_out} lines are left out ...", *lines[2 - TEXT_LINES :]]

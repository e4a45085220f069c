"""Why pip could not install: the lines that say it, among all that it prints."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

MAX_CHARS = 1000
TRACEBACK = "Traceback (most recent call last):"
# Around what the build of a package has printed.
BEGIN_OF_BUILD, END_OF_BUILD = re.compile(r".*\[\d+ lines of output\]$"), "[end of output]"
# What pip is at.
PACKAGE = re.compile(r"\s*(?:Collecting|Processing|Building wheel for) (?:\S*/)?([^\s/]+)")
# What says that something failed, and not why, or says so again.
REPEATED = re.compile(
    r"error: command .* failed|.*CalledProcessError|.*returned non-zero exit status"
    r"|error: (Cannot install -r |ResolutionImpossible|No matching distribution found"
    r"|Failed to build |Failed building |Could not build wheels |[a-z]+(-[a-z]+)+$)",
    re.IGNORECASE,
)
# What is worth as much although it is no error: what depends on what, digests, an index that
# cannot be reached, a path that there is not.
DETAIL = re.compile(
    r"\S+ \S+ depends on |The user requested |Expected sha256 |Got |fatal: |Hint: "
    r"|.*connection broken by |Could not fetch URL "
)


def why_it_failed(lines: Sequence[str]) -> str:
    """Return in one line what a run of pip says about its failure, without what says nothing."""
    begin, building = _last_build(lines)
    if building:
        named = [match[1] for line in lines[:begin] if (match := PACKAGE.match(line))]
        return _cut(": ".join((*named[-1:], _last_words(building))))
    texts = [" ".join(line.split()).removeprefix("WARNING: ") for line in lines]
    errors = [text for text in texts if text.lower().startswith("error")]
    found = [
        text
        for text in texts
        if DETAIL.match(text) or (text in errors and not REPEATED.match(text))
    ]
    return _cut("; ".join(dict.fromkeys(found or errors[-1:] or texts[-1:]))) or "no output"


def _last_build(lines: Sequence[str]) -> tuple[int, list[str]]:
    """Return what the last package that could not be built has printed, and where that begins.

    Nothing where no build has failed. A build may run pip, which may build.
    """
    begins = [at for at, line in enumerate(lines) if BEGIN_OF_BUILD.match(line)]
    if not begins:
        return 0, []
    begin = begins[-1] + 1
    rest = [line.strip() for line in lines[begin:]]
    end = begin + rest.index(END_OF_BUILD) if END_OF_BUILD in rest else len(lines)
    return begin, textwrap.dedent("\n".join(lines[begin:end])).splitlines()


def _last_words(building: list[str]) -> str:
    """Return the exception that ended a build, or else the last error that it told of."""
    if TRACEBACK in building:
        last = len(building) - building[::-1].index(TRACEBACK)
        raised = " ".join(line for line in building[last:] if not line.startswith(" "))
        if raised and not REPEATED.match(raised):
            return raised
    texts = [line.strip() for line in building]
    errors = [text for text in texts if "error" in text.lower() and not REPEATED.match(text)]
    return (errors or texts)[-1]


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARS else f"{text[:MAX_CHARS]} [cut]"

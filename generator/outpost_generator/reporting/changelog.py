"""What to tell users about a package that was generated anew."""

from collections.abc import Sequence

from outpost_generator.python.text import one_line
from outpost_generator.reporting.api_diff import ADDED, BREAKING, CHANGED, DEPRECATED, Change

_HEADINGS = {BREAKING: "Breaking", ADDED: "Added", DEPRECATED: "Deprecated", CHANGED: "Changed"}


def version_step(changes: Sequence[Change]) -> str:
    """Return the part of the version that SemVer wants raised: major, minor, patch or none.

    While the major version is 0, a major step is one of the minor version.
    """
    kinds = {change.kind for change in changes}
    if BREAKING in kinds:
        return "major"
    if kinds & {ADDED, DEPRECATED}:
        return "minor"
    return "patch" if kinds else "none"


def changelog(changes: Sequence[Change]) -> str:
    """Return the changes as markdown, by kind, each place once."""
    lines = [f"Suggested version step: **{version_step(changes)}**", ""]
    for kind, heading in _HEADINGS.items():
        places: dict[str, list[str]] = {}
        for change in changes:
            if change.kind == kind:
                places.setdefault(change.place, []).append(change.what)
        if places:
            lines += [f"### {heading}", ""]
            lines += [
                f"* {f'`{place}`: ' if place else ''}{one_line('; '.join(dict.fromkeys(whats)))}"
                for place, whats in places.items()
            ]
            lines.append("")
    if not changes:
        lines += ["Users notice nothing.", ""]
    return "\n".join(lines)

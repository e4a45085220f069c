"""Whether an environment meets ``python_requirements``."""

from __future__ import annotations

from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement


def invalid(requirements: tuple[str, ...]) -> str | None:
    """Return what is wrong with the first that is no requirement, None when all are."""
    for text in requirements:
        try:
            Requirement(text)
        except InvalidRequirement as error:
            return f"{text!r} is not valid: {error}"
    return None


def unmet(requirements: tuple[str, ...]) -> list[str]:
    """Return those that this process's environment does not meet."""
    return [text for text in requirements if not _is_met(Requirement(text))]


def _is_met(requirement: Requirement) -> bool:
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    if requirement.url is not None or requirement.extras:
        return False  # pip has to look: neither the source nor the extras show in the metadata
    try:
        found = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return False
    return requirement.specifier.contains(found, prereleases=True)

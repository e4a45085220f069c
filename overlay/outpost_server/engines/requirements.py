"""``python_requirements``: the forms that an entry may have, and who may use which.

A package by name, at an address or in version control is anybody's. What lies on this machine is
its operator's, and so is the choice of package indexes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement

FIELD = "python_requirements"
REMOTE = frozenset("http https git+http git+https hg+https svn+https".split())
LOCAL = frozenset({"file", "git+file"})
# Each with an address, with names of packages, or alone.
INDEXES = frozenset({"--index-url", "--extra-index-url", "--find-links"})
FORMATS = frozenset({"--no-binary", "--only-binary"})
SWITCHES = frozenset({"--pre", "--prefer-binary"})
NAMES = re.compile(r"[A-Za-z0-9:][A-Za-z0-9._,:-]*")
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
# What is more than a requirement to pip where it stands in a file.
BEYOND = re.compile(r"\s-|\s#|\$\{|\\$")
EXTRAS = re.compile(r"\[[\w\s,.-]*\]$")


class RequirementRefused(ValueError):
    """An entry that cannot be used; the message names it."""


@dataclass(frozen=True)
class Asked:
    """One entry as it was written, and what it is.

    ``package`` is None where nothing has named one, such as a bare address. ``path`` is what it
    needs of this machine, ``option`` what pip is told where the entry is no package at all.
    """

    text: str
    package: Requirement | None = None
    path: Path | None = None
    is_checkout: bool = False
    option: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it for people: without the name and password of an address."""
        return without_credentials(self.text)


def without_credentials(text: str) -> str:
    """Return a text in which no address has a name or password."""
    return CREDENTIALS.sub("****@", text)


def read_requirement(text: str) -> Asked:
    """Return what an entry is.

    Raises:
        RequirementRefused: it has none of the forms.
    """
    text = text.strip()
    if text.startswith("-"):
        return Asked(text, option=_option(text))
    if len(text.splitlines()) > 1 or BEYOND.search(text):
        raise _refused(text, "it goes on with an option, a comment, a variable or another line")
    address = text if "://" in text.partition(" @ ")[0] else ""
    if text.startswith("/"):
        return Asked(text, path=Path(EXTRAS.sub("", text)))
    if text.startswith((".", "~")):
        raise _refused(text, "a path is written from / on")
    package = None
    if not address:
        try:
            package = Requirement(text)
        except InvalidRequirement as error:
            raise _refused(text, str(error)) from None
        address = package.url or ""
    path, is_checkout = _path(text, address) if address else (None, False)
    return Asked(text, package, path, is_checkout)


def _option(text: str) -> tuple[str, ...]:
    name, _, value = text.replace("=", " ", 1).partition(" ")
    value = value.strip()
    if name in SWITCHES and not value:
        return (name,)
    if name in FORMATS and NAMES.fullmatch(value):
        return (name, value)
    if name in INDEXES and not re.search(r"\s", value):
        if urlsplit(value).scheme in ("http", "https"):
            return (name, value)
        raise _refused(text, "an index has an address that begins with https:// or http://")
    known = ", ".join(sorted(INDEXES | FORMATS | SWITCHES))
    raise _refused(text, f"of the options of pip there can be {known}")


def _path(text: str, address: str) -> tuple[Path | None, bool]:
    """Return the path that an address has on this machine, None where it is elsewhere."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise _refused(text, str(error)) from None
    if parts.scheme in REMOTE and parts.hostname:
        return None, False
    if parts.scheme in LOCAL and parts.netloc in ("", "localhost") and parts.path[:1] == "/":
        is_checkout = parts.scheme != "file"
        path = unquote(parts.path)
        return Path(re.sub(r"@[^/]*$", "", path) if is_checkout else path), is_checkout
    raise _refused(
        text, "an address begins with https://, http://, git+https:// or file:///, for instance"
    )


def _refused(text: str, reason: str) -> RequirementRefused:
    return RequirementRefused(f"{FIELD}: {without_credentials(text)!r} is not valid: {reason}")


@dataclass(frozen=True)
class Permission:
    """What somebody may ask for: any path or those below ``folders``, and options or none."""

    may_use_any_path: bool = False
    folders: tuple[Path, ...] = ()
    may_choose_indexes: bool = False

    def require(self, texts: Iterable[str]) -> None:
        """Raises:
        RequirementRefused: one of the entries is not allowed; the message says by what it would be.
        """
        for asked in map(read_requirement, texts):
            if asked.option and not self.may_choose_indexes:
                raise RequirementRefused(
                    f"{FIELD}: {str(asked)!r} is an option of pip, and this server takes none: it "
                    "would have to be started with --allow-index-options."
                )
            if asked.path is not None and not self._is_open(asked.path):
                raise RequirementRefused(
                    f"{FIELD}: {str(asked)!r} lies on the server's machine, where only the "
                    "server's own user may name any path. Others may name what is below a folder "
                    "that the server was started with: --requirement-folder FOLDER."
                )

    def _is_open(self, path: Path) -> bool:
        if self.may_use_any_path:
            return True
        real = path.resolve()
        return any(real.is_relative_to(folder.resolve()) for folder in self.folders)

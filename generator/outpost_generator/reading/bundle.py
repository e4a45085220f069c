"""Multi-file documents: every file that a ``$ref`` leads to becomes part of one document.

Each further file is kept whole under ``x-external`` and every reference is rewritten to lead there.
Which of its schemas become classes is decided later, as for any other reference.
"""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from attrs import define, field

from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.reading.document import pointer
from outpost_generator.reading.limits import MOST_BYTES

#: Where the other files of a document are kept in it.
EXTERNAL = "x-external"
_MOST_FILES = 2_000
_TIMEOUT_S = 30.0
_DOCUMENT_SUFFIXES = (".json", ".yaml", ".yml")

#: (content, name, is JSON) -> what the text holds
Parser = Callable[[bytes, str, bool], Any]


@define
class Bundler:
    """Reads the files that references lead to, each once.

    ``folder`` confines references to files: a document from a stranger shall not read what it is
    not made of. ``allow_http`` lets references lead to the network.
    """

    parse: Parser
    folder: Path
    allow_http: bool = False
    contents: dict[str, bytes] = field(factory=dict)
    #: what was clear, though it is not written as it should be
    warnings: list[Problem] = field(factory=list)
    #: names of schema components of the document
    _components: frozenset[str] = frozenset()
    #: file -> where the first reference to it stands
    _places: dict[str, str] = field(factory=dict)
    _names: dict[str, str] = field(factory=dict)
    _problems: list[Problem] = field(factory=list)

    def bundle(self, root: Any, location: str) -> Any:
        """Return the document with all it refers to inside it.

        Raises:
            GenerationFailed: naming every reference that cannot be followed.
        """
        self._names[location] = ""
        self._components = frozenset(as_names(root))
        waiting = [location]
        roots = {location: root}
        while waiting:
            at = waiting.pop()
            found: list[str] = []
            shown = "" if at == location else Path(unquote(urlsplit(at).path)).name
            roots[at] = self._rewrite(roots[at], at, f"{shown}#", found)
            for other in found:
                if other not in roots:
                    read = self._read(other, at)
                    roots[other] = read
                    waiting.append(other)
        if self._problems:
            raise GenerationFailed(self._problems)
        external = {name: roots[at] for at, name in self._names.items() if name}
        bundled = roots[location]
        return (
            {**bundled, EXTERNAL: external} if external and isinstance(bundled, dict) else bundled
        )

    def _rewrite(self, value: Any, location: str, where: str, found: list[str]) -> Any:
        if isinstance(value, list):
            return [
                self._rewrite(each, location, f"{where}/{index}", found)
                for index, each in enumerate(value)
            ]
        if not isinstance(value, dict):
            return value
        new: dict[str, Any] = {}
        for key, each in value.items():
            if key == "$ref" and isinstance(each, str):
                new[key] = self._reference(each, location, where, found)
            elif key == "mapping" and isinstance(each, dict) and "propertyName" in value:
                new[key] = {
                    tag: self._reference(target, location, f"{where}/mapping", found)
                    if isinstance(target, str) and _is_reference(target)
                    else target
                    for tag, target in each.items()
                }
            else:
                new[key] = self._rewrite(each, location, f"{where}{pointer(key)[1:]}", found)
        return new

    def _reference(self, reference: str, location: str, where: str, found: list[str]) -> str:
        file, _, fragment = reference.partition("#")
        if reference in self._components and not self._is_file(reference, location):
            way_out = f"Write #/components/schemas/{reference}."
            reason = f"$ref to {reference}; read as the schema component of that name"
            self.warnings.append(Problem(where or "#", reason, way_out, "warning"))
            return pointer("components", "schemas", reference)
        target = urljoin(location, file) if file else location
        if target not in self._names:
            if len(self._names) >= _MOST_FILES:
                self._fail(
                    where, reference, f"leads to more than {_MOST_FILES} files", "Bundle it."
                )
            self._names[target] = self._name(target)
        self._places.setdefault(target, where)
        found.append(target)
        name = self._names[target]
        if not name:
            return f"#{fragment}"
        if fragment and not fragment.startswith("/"):
            return f"#{fragment}"  # an anchor: found wherever it stands
        return f"#/{EXTERNAL}/{name.replace('~', '~0').replace('/', '~1')}{fragment}"

    def _is_file(self, reference: str, location: str) -> bool:
        parts = urlsplit(urljoin(location, reference))
        return parts.scheme == "file" and Path(unquote(parts.path)).exists()

    def _name(self, location: str) -> str:
        stem = Path(unquote(urlsplit(location).path)).stem or "external"
        name, number = stem, 2
        while name in self._names.values():
            name, number = f"{stem}{number}", number + 1
        return name

    def _read(self, location: str, referring: str) -> Any:
        parts = urlsplit(location)
        shown = Path(unquote(parts.path)).name
        try:
            if parts.scheme in ("http", "https"):
                content = self._download(location)
            elif parts.scheme == "file":
                content = self._file(Path(unquote(parts.path)))
            else:
                raise _Refused(f"{parts.scheme}: is not read", "Use a file or an http address.")
            self.contents[location] = content
            return self.parse(content, shown, parts.path.endswith(".json"))
        except _Refused as refusal:
            self._fail(self._places[location], location, refusal.reason, refusal.way_out)
        except OSError as problem:
            reason = f"cannot be read: {getattr(problem, 'strerror', None) or problem}"
            place = self._places[location]
            self._fail(place, location, reason, "Correct the reference, or add the file.")
        except GenerationFailed as failure:
            self._problems.extend(failure.problems)
        return {}

    def _file(self, path: Path) -> bytes:
        real = path.resolve()
        if self.folder not in real.parents:
            raise _Refused(
                "lies outside the folder that references may lead into",
                "Name a folder that holds all files with --ref-root.",
            )
        with real.open("rb") as file:
            return file.read(MOST_BYTES + 1)

    def _download(self, location: str) -> bytes:
        if not self.allow_http:
            raise _Refused(
                "leads to the network", "Allow that with --allow-http, or copy the file."
            )
        try:
            with urllib.request.urlopen(location, timeout=_TIMEOUT_S) as reply:
                content: bytes = reply.read(MOST_BYTES + 1)
        except urllib.error.URLError as problem:
            raise _Refused(f"cannot be fetched: {problem.reason}", "Check the address.") from None
        return content

    def _fail(self, where: str, reference: str, reason: str, way_out: str) -> None:
        name = urlsplit(reference)
        shown = reference if name.scheme in ("http", "https") else Path(unquote(name.path)).name
        self._problems.append(Problem(where or "#", f"$ref to {shown} {reason}", way_out))


class _Refused(Exception):
    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_out = way_out


def as_names(root: Any) -> list[str]:
    """Return the names of the schema components of what may be a document."""
    components = root.get("components") if isinstance(root, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return [str(name) for name in schemas] if isinstance(schemas, dict) else []


def has_external_references(root: Any) -> bool:
    """Return whether any reference leads out of the document."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#"):
                return True
            waiting.extend(each for each in value.values() if isinstance(each, dict | list))
        elif isinstance(value, list):
            waiting.extend(each for each in value if isinstance(each, dict | list))
    return False


def _is_reference(text: str) -> bool:
    """Return whether a discriminator's target is a reference rather than the name of a schema."""
    return "#" in text or "/" in text or text.endswith(_DOCUMENT_SUFFIXES)

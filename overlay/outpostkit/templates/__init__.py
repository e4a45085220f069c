"""Custom prediction templates: what the caller describes, and what is checked before it is sent."""

import ast
import dataclasses
import os
import sys
import warnings
from typing import Dict, Iterator, List, Literal, Optional, Sequence
from urllib.parse import urlsplit

from outpostkit.exceptions import TemplateError

__all__ = [
    "EndpointCustomTemplateConfig",
    "SentTemplate",
    "TemplateChangedWarning",
    "TemplateFile",
    "read_template",
]


@dataclasses.dataclass
class EndpointCustomTemplateConfig:
    """A prediction template of your own: a Python file with a class that loads and predicts."""

    #: ``"file"`` uploads a file of this machine, ``"folder"`` a folder with all that is in it,
    #: ``"url"`` lets Outpost fetch a file.
    type: "Literal['file', 'url', 'folder']"
    #: The class in the file; it must have a ``predict`` member.
    className: str
    #: Where it is: a path for ``"file"`` and ``"folder"``, an http or https address for ``"url"``.
    path: str
    #: Of a folder: the path within it of the file with the class, such as ``"template.py"``. When
    #: left out, the file at its top that defines the class.
    entry: Optional[str] = None


@dataclasses.dataclass(frozen=True)
class TemplateFile:
    """A template that passed the checks, as it is uploaded."""

    content: bytes
    filename: str
    content_type: str = "text/x-python"
    #: Of an archive: the file in it that has the class.
    entry: Optional[str] = None


def read_template(config: EndpointCustomTemplateConfig) -> TemplateFile:
    """Read the file of a template and check that Outpost could load it. Nothing in it is executed.

    Raises:
        TemplateError: the file does not exist, is not Python, lacks the class, or the class has
            no ``predict``; the message names the field of the config and the way out.
    """
    check_class_name(config.className)
    path = os.fspath(config.path)
    if config.type == "folder":
        return _read_folder(config, path)
    if config.entry is not None:
        raise TemplateError("entry: only a folder has one; use type='folder', or leave it out")
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise TemplateError(
            f"path: there is no file {path!r} (looked from {os.getcwd()!r}); "
            "give the path of the Python file that holds the template class"
        ) from None
    except IsADirectoryError:
        raise TemplateError(
            f"path: {path!r} is a folder; give the Python file in it, "
            "or send all of it with type='folder'"
        ) from None
    except (OSError, ValueError) as problem:
        raise TemplateError(f"path: {path!r} cannot be read: {problem}") from problem
    check_template_source(content, path, config.className)
    return TemplateFile(content, os.path.basename(path))


def _read_folder(config: EndpointCustomTemplateConfig, path: str) -> TemplateFile:
    from outpostkit.templates._folder import archive_of, content_of, entry_of, folder_files

    files = folder_files(path)
    candidates: Dict[str, List[str]] = {"found": [], "top": []}
    if config.entry is None:
        candidates["top"] = [name for name in files if name.endswith(".py") and "/" not in name]
        candidates["found"] = [
            name
            for name in candidates["top"]
            if config.className in _class_names(content_of(files[name]))
        ]
    entry = entry_of(files, config.entry, candidates)
    check_template_source(content_of(files[entry]), files[entry], config.className)
    filename = f"{os.path.basename(os.path.abspath(path)) or 'template'}.zip"
    return TemplateFile(archive_of(files), filename, "application/zip", entry)


def _class_names(content: bytes) -> List[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [found.name for found in _classes(ast.parse(content).body)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


class TemplateChangedWarning(UserWarning):
    """The file of a template is not the one that was sent any more; the deployment has that one."""


@dataclasses.dataclass(frozen=True)
class SentTemplate:
    """A file or a folder that was sent as a template, to notice when it changes."""

    path: str
    digest: str

    @classmethod
    def of(cls, template: object) -> "Optional[SentTemplate]":
        """Return what of this machine has just been sent; None when nothing was."""
        if not isinstance(template, EndpointCustomTemplateConfig) or template.type == "url":
            return None
        path = os.path.abspath(template.path)
        digest = _digest(path)
        return None if digest is None else cls(path, digest)

    def warn_if_changed(self) -> None:
        """Warn when it is another one now. One that is gone has nothing to send."""
        digest = _digest(self.path)
        if digest is not None and digest != self.digest:
            warnings.warn(
                f"{self.path} has changed since it was sent, and this deployment has what was "
                "sent. Send it with endpoint.update(template=template), then deploy again",
                TemplateChangedWarning,
                stacklevel=4,
            )


def _digest(path: str) -> Optional[str]:
    from hashlib import sha256

    if os.path.isdir(path):
        from outpostkit.templates._folder import digest_of

        try:
            return digest_of(path)
        except TemplateError:
            # It was sent, so it has changed.
            return "what cannot be sent"
    try:
        with open(path, "rb") as file:
            return sha256(file.read()).hexdigest()
    except OSError:
        return None


def check_url(url: str) -> str:
    """Return the address of a template that Outpost fetches itself.

    Raises:
        TemplateError: it is not an http or https address.
    """
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except (ValueError, TypeError, AttributeError):
        is_usable = False
    if not is_usable:
        raise TemplateError(
            f"path: {url!r} is not an http or https address; "
            "for a file of this machine use type='file'"
        )
    return url


def check_class_name(class_name: str) -> None:
    """Make sure that a class can have this name.

    Raises:
        TemplateError: it cannot.
    """
    if not isinstance(class_name, str) or not class_name.isidentifier():
        raise TemplateError(
            f"className: {class_name!r} is not a name of a Python class; "
            "give the bare name, such as 'Template'"
        )


def check_template_source(content: bytes, path: str, class_name: str) -> None:
    """Make sure that the source defines the class and that the class can predict.

    Raises:
        TemplateError: the source is not Python, or one of these is missing.
    """
    try:
        with warnings.catch_warnings():
            # What the file's author does with odd escapes is not this program's business.
            warnings.simplefilter("ignore")
            module = ast.parse(content, filename=path)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        where = (
            f", line {problem.lineno}"
            if isinstance(problem, SyntaxError) and problem.lineno
            else ""
        )
        reason = problem.msg if isinstance(problem, SyntaxError) else str(problem)
        version = ".".join(str(part) for part in sys.version_info[:2])
        raise TemplateError(
            f"path: {path!r}{where} is not Python {version}: {reason}. Correct it; a file in the "
            "syntax of a newer Python can be deployed from that Python, or by its address "
            "with type='url'"
        ) from None
    classes = {found.name: found for found in _classes(module.body)}
    if class_name not in classes:
        known = ", ".join(sorted(classes)) or "no class at all"
        raise TemplateError(
            f"className: {path!r} does not define a class {class_name!r} at its top level; "
            f"it defines {known}"
        )
    if not _can_predict(classes[class_name], classes, ()):
        raise TemplateError(
            f"className: class {class_name!r} in {path!r} has no 'predict'; define "
            "'def predict(self, ...)' in it, which answers the requests to the prediction path"
        )


def _classes(body: Sequence[ast.stmt]) -> Iterator[ast.ClassDef]:
    """Yield the classes of a module, those in its ``if`` and ``try`` statements included."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield statement
        for inner in _inner_bodies(statement):
            yield from _classes(inner)


def _can_predict(
    found: ast.ClassDef, classes: Dict[str, ast.ClassDef], seen: Sequence[str]
) -> bool:
    if "predict" in _members(found.body):
        return True
    for base in found.bases:
        if not isinstance(base, ast.Name) or base.id not in classes:
            # A base from elsewhere (object aside) may bring it; only running the file could tell.
            if not (isinstance(base, ast.Name) and base.id == "object"):
                return True
        elif base.id not in seen and _can_predict(classes[base.id], classes, (*seen, found.name)):
            return True
    return False


def _members(body: Sequence[ast.stmt]) -> List[str]:
    names: List[str] = []
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names.append(statement.name)
        elif isinstance(statement, ast.Assign):
            names.extend(target.id for target in statement.targets if isinstance(target, ast.Name))
        elif (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.value is not None
        ):
            names.append(statement.target.id)
        for inner in _inner_bodies(statement):
            names.extend(_members(inner))
    return names


def _inner_bodies(statement: ast.stmt) -> List[List[ast.stmt]]:
    bodies: List[Optional[List[ast.stmt]]] = []
    if isinstance(statement, (ast.If, ast.Try, ast.With)):
        bodies.append(statement.body)
    if isinstance(statement, (ast.If, ast.Try)):
        bodies.append(statement.orelse)
    if isinstance(statement, ast.Try):
        bodies.append(statement.finalbody)
        bodies.extend(handler.body for handler in statement.handlers)
    return [body for body in bodies if body]

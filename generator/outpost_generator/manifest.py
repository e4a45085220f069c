"""What was written, from what; and putting a new output in the place of an old one."""

import difflib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from attrs import frozen

from outpost_generator.document import Problem
from outpost_generator.errors import GenerationFailed
from outpost_generator.views import VIEW_VERSION

NAME = "MANIFEST.json"


@frozen
class Manifest:
    """The files of an output folder, by path, with the digest of what was written."""

    files: Mapping[str, str]

    @staticmethod
    def read(folder: Path) -> "Manifest | None":
        """Return the manifest of a folder, or ``None`` when it has none."""
        try:
            content = json.loads((folder / NAME).read_text(encoding="utf-8"))
            files = {str(path): str(digest) for path, digest in content["files"].items()}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as problem:
            way_out = "Restore it, or remove the folder's generated files and generate again."
            raise GenerationFailed([Problem(NAME, f"cannot be read: {problem}", way_out)]) from None
        for path in files:
            _confined(path)
        return Manifest(files)


def manifest_text(
    files: Mapping[str, str], package: str, document: str, digest: str, version: str
) -> str:
    """Return the text of the manifest for these files."""
    content = {
        "generator": f"outpost_generator {version}",
        "view_version": VIEW_VERSION,
        "document": document,
        "document_digest": digest,
        "package": package,
        "files": {path: digest_of(files[path]) for path in sorted(files)},
    }
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def digest_of(text: str) -> str:
    """Return the digest that the manifest keeps of a file."""
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def write(folder: Path, files: Mapping[str, str], manifest: str) -> tuple[list[str], list[str]]:
    """Write the files, remove those of the last run that are gone, and return (written, removed).

    Raises:
        GenerationFailed: a file would overwrite one that the generator did not write.
    """
    old = Manifest.read(folder)
    owned = set(old.files) if old else set()
    check_ownership(folder, files, owned)
    written, removed = [], []
    for path, text in sorted(files.items()):
        target = folder / _confined(path)
        if not _same(target, text):
            _replace(target, text)
            written.append(path)
    for path in sorted(owned - set(files)):
        target = folder / path
        if target.is_file():
            target.unlink()
            removed.append(path)
            _remove_empty(target.parent, folder)
    # Last: a run killed before this line leaves the old manifest, and can simply be repeated.
    if not _same(folder / NAME, manifest):
        _replace(folder / NAME, manifest)
        written.append(NAME)
    return written, removed


def check_ownership(folder: Path, files: Mapping[str, str], owned: set[str]) -> None:
    """Refuse to overwrite files that an earlier run did not write.

    Raises:
        GenerationFailed: naming each of them.
    """
    problems = []
    for path, text in sorted(files.items()):
        target = folder / _confined(path)
        for parent in [target, *target.parents]:
            if parent == folder:
                break
            if parent.is_symlink():
                problems.append(Problem(path, "is a symbolic link, or in one", "Remove the link."))
        if (
            target.exists()
            and path not in owned
            and not _same(target, text)
            and not _is_ours(target)
        ):
            way_out = "Choose another --output, or move the file away."
            problems.append(Problem(path, "exists and was not written by the generator", way_out))
    if problems:
        raise GenerationFailed(problems)


def differences(folder: Path, files: Mapping[str, str], manifest: str) -> list[str]:
    """Return the lines of the diff between a folder and what would be written."""
    old = Manifest.read(folder)
    expected = {**files, NAME: manifest}
    lines: list[str] = []
    for path in sorted({*expected, *(old.files if old else ())}):
        target = folder / path
        have = target.read_text(encoding="utf-8") if target.is_file() else None
        want = expected.get(path)
        if have != want:
            lines += difflib.unified_diff(
                (have or "").splitlines(),
                (want or "").splitlines(),
                f"a/{path}" if have is not None else "/dev/null",
                f"b/{path}" if want is not None else "/dev/null",
                lineterm="",
            )
            if have is not None and want is not None and have.splitlines() == want.splitlines():
                lines.append(f"{path}: line endings or the end of the file differ")
    return lines


def _confined(path: str) -> str:
    parts = PurePosixPath(path).parts
    if (
        not parts
        or path.startswith("/")
        or "\\" in path
        or any(part in ("..", ".", "") or ":" in part for part in parts)
    ):
        raise GenerationFailed(
            [Problem(path, "leads out of the output folder", "Please report this document.")]
        )
    return path


def _is_ours(target: Path) -> bool:
    with target.open("rb") as file:
        return file.read(17) == b"# Generated from "


def _same(target: Path, text: str) -> bool:
    return target.is_file() and target.read_bytes() == text.encode("utf-8")


def _replace(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".outpost-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop and stop in folder.parents:
        cache = folder / "__pycache__"
        if cache.is_dir():
            for each in cache.iterdir():
                each.unlink()
            cache.rmdir()
        if any(folder.iterdir()):
            return
        folder.rmdir()
        folder = folder.parent

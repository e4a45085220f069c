"""What was written, from what; and putting a new output in the place of an old one."""

import difflib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.views.printed import VIEW_VERSION
from outpost_generator.writing.swap import STAGE, clean, only_one_run, recover, replace, stage, swap

NAME = "MANIFEST.json"


def recorded(folder: Path) -> set[str]:
    """Return the files that the manifest of a folder names; none when it has no manifest.

    Raises:
        GenerationFailed: the manifest cannot be read.
    """
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return {_confined(str(path)) for path, _ in content["files"].items()}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as problem:
        way_out = "Restore it, or remove the folder's generated files and generate again."
        raise GenerationFailed([Problem(NAME, f"cannot be read: {problem}", way_out)]) from None


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

    Killed at any moment, this leaves the package of the last run or the new one, whole; it can
    simply be repeated. Files that it did not write, and files that do not change, stay as they are.

    Raises:
        GenerationFailed: a file would overwrite one that the generator did not write, or another
            run is writing there.
    """
    package = next(iter(files)).partition("/")[0]
    with only_one_run(folder):
        recover(folder, package)
        # What a killed run was about to write may be there or not.
        owned = recorded(folder) | recorded(folder / STAGE)
        check_ownership(folder, files, owned)
        changed = {
            path: text for path, text in files.items() if not _same(folder / _confined(path), text)
        }
        removed = [path for path in sorted(owned - set(files)) if (folder / path).is_file()]
        if changed or removed:
            # First of all, so that no file is ever unaccounted for.
            replace(folder / STAGE / NAME, json.dumps({"files": dict.fromkeys([*owned, *files])}))
            stage(folder, package, changed, set(removed))
            swap(folder, package, changed, set(removed))
        for path in removed:  # those of a package of another name, or all where nothing was swapped
            if (folder / path).is_file():
                (folder / path).unlink()
                _remove_empty((folder / path).parent, folder)
        written = sorted(changed)
        if not _same(folder / NAME, manifest):
            replace(folder / NAME, manifest)
            written.append(NAME)
        clean(folder)
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
            elif parent.exists() and parent.is_dir() == (parent == target):
                place = parent.relative_to(folder).as_posix()
                kind = "folder" if parent == target else "file"
                way_out = "Choose another --output or --package, or move it away."
                problems.append(Problem(path, f"{place} is a {kind} of somebody else", way_out))
        if (
            target.is_file()
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
    expected = {**files, NAME: manifest}
    lines: list[str] = []
    for path in sorted({*expected, *recorded(folder)}):
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

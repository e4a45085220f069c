"""Templates of several files: which files of a folder are sent, and as what archive."""

import fnmatch
import os
import stat
import unicodedata
from typing import Dict, List, Optional, Sequence, Tuple

from outpostkit.exceptions import TemplateError

# The bounds of the server, which refuses by the same numbers.
MAX_BYTES = 64 * 1024 * 1024
MAX_FILES = 2000
MAX_DEPTH = 16
MAX_PATH_CHARS = 240
#: A file from this size on is hardly source.
LARGE_BYTES = 8 * 1024 * 1024
IGNORE_FILE = ".outpostignore"
MODEL_ADVICE = (
    "A model does not belong into a template: load it by its name, with its library in "
    "python_requirements, or from a folder of the server's machine that replicas may read"
)
MIB = 1024 * 1024


def folder_files(folder: str) -> Dict[str, str]:
    """Return the files of a folder that are sent: where each is, by its path within the folder.

    Hidden files, ``__pycache__``, virtual environments and what ``.outpostignore`` names are left
    out.

    Raises:
        TemplateError: there is no such folder, or a file of it cannot be sent; the message names
            it, and the bound that it exceeds.
    """
    if not os.path.isdir(folder):
        what = "is a file; use type='file'" if os.path.isfile(folder) else "is no folder"
        raise TemplateError(f"path: {folder!r} {what} (looked from {os.getcwd()!r})")
    found: Dict[str, str] = {}
    try:
        _collect(folder, "", (os.path.realpath(folder),), _ignored(folder), found)
        sizes = {name: os.stat(path).st_size for name, path in found.items()}
    except OSError as problem:
        raise TemplateError(f"path: {folder!r} cannot be read: {problem}") from problem
    _check_size(sizes)
    _check_distinct(found)
    return found


def entry_of(files: Dict[str, str], entry: Optional[str], classes_of: Dict[str, List[str]]) -> str:
    """Return which file has the class: ``entry``, or the only candidate of ``classes_of``.

    Args:
        classes_of: the Python files at the top that define the class, under ``"found"``, and all
            Python files there, under ``"top"``.

    Raises:
        TemplateError: there is none, or more than one.
    """
    if entry is not None:
        name = entry.replace(os.sep, "/")
        if name not in files or not name.endswith(".py"):
            raise TemplateError(
                f"entry: {entry!r} is no Python file among those that are sent; give its path "
                "within the folder, such as 'template.py'"
            )
        return name
    found = classes_of["found"] or classes_of["top"]
    if len(found) != 1:
        which = ", ".join(found) or "no Python file"
        what = "define the class" if classes_of["found"] else "are at the top of the folder"
        raise TemplateError(
            f"entry: which file has the class cannot be told, as {which} {what}; "
            "name it, such as entry='template.py'"
        )
    return found[0]


def archive_of(files: Dict[str, str]) -> bytes:
    """Return the zip archive of these files: the same bytes for the same files.

    Raises:
        TemplateError: a file cannot be read.
    """
    import io
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            # Neither times nor owners: they differ from copy to copy.
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(member, content_of(files[name]))
    return target.getvalue()


def digest_of(folder: str) -> str:
    """Return a digest of what is sent of a folder.

    Raises:
        TemplateError: it could not be sent.
    """
    from hashlib import sha256

    digest = sha256()
    for name, path in sorted(folder_files(folder).items()):
        digest.update(sha256(name.encode()).digest() + sha256(content_of(path)).digest())
    return digest.hexdigest()


def content_of(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as problem:
        raise TemplateError(f"path: {path!r} cannot be read: {problem}") from problem


def _collect(
    folder: str, prefix: str, chain: Tuple[str, ...], ignored: Sequence[str], found: Dict[str, str]
) -> None:
    for one in sorted(os.scandir(folder), key=lambda one: one.name):
        name = prefix + one.name
        if _is_left_out(one, name, ignored):
            continue
        real = os.path.realpath(one.path)
        if one.is_symlink() and not (real + os.sep).startswith(chain[0].rstrip(os.sep) + os.sep):
            raise TemplateError(
                f"path: {name!r} is a link out of the folder, to {real!r}; put a copy in its "
                f"place, or name it in {IGNORE_FILE}"
            )
        _check_name(name)
        if one.is_dir():
            if real in chain:
                raise TemplateError(f"path: {name!r} is a link to a folder that it lies in")
            _collect(one.path, name + "/", (*chain, real), ignored, found)
        elif not one.is_file():
            raise TemplateError(f"path: {name!r} is no ordinary file; name it in {IGNORE_FILE}")
        elif len(found) == MAX_FILES:
            raise TemplateError(
                f"path: {name!r} is one file too many: a folder may have {MAX_FILES} files. Name "
                f"in {IGNORE_FILE} what the template does not need"
            )
        else:
            found[name] = one.path


def _is_left_out(one: "os.DirEntry[str]", name: str, ignored: Sequence[str]) -> bool:
    if one.name.startswith(".") or one.name == "__pycache__" or one.name.endswith(".pyc"):
        return True
    is_folder = one.is_dir()
    if is_folder and os.path.exists(os.path.join(one.path, "pyvenv.cfg")):
        return True
    for pattern in ignored:
        bare = pattern.rstrip("/")
        if pattern.endswith("/") and not is_folder:
            continue
        if fnmatch.fnmatchcase(name if "/" in bare else one.name, bare.lstrip("/")):
            return True
    return False


def _ignored(folder: str) -> List[str]:
    path = os.path.join(folder, IGNORE_FILE)
    if not os.path.isfile(path):
        return []
    lines = [line.strip() for line in content_of(path).decode("utf-8", "replace").splitlines()]
    patterns = [line for line in lines if line and not line.startswith("#")]
    for pattern in patterns:
        if pattern.startswith("!"):
            raise TemplateError(
                f"path: {IGNORE_FILE} has {pattern!r}, and files cannot be taken back in; name "
                "only what is to be left out"
            )
    return patterns


def _check_name(name: str) -> None:
    if "\\" in name or any(unicodedata.category(char)[0] == "C" for char in name):
        raise TemplateError(f"path: {name!r} has a character that other systems refuse; rename it")
    if len(name) > MAX_PATH_CHARS:
        raise TemplateError(f"path: {name!r} is longer than {MAX_PATH_CHARS} characters")
    if name.count("/") >= MAX_DEPTH:
        raise TemplateError(f"path: {name!r} lies deeper than {MAX_DEPTH} levels")


def _check_size(sizes: Dict[str, int]) -> None:
    total = sum(sizes.values())
    if total <= MAX_BYTES:
        return
    largest = max(sizes, key=lambda name: sizes[name])
    advice = f" {MODEL_ADVICE}." if sizes[largest] >= LARGE_BYTES else ""
    raise TemplateError(
        f"path: the files have {total / MIB:.1f} MiB and may have {MAX_BYTES // MIB} MiB; the "
        f"largest is {largest!r} with {sizes[largest] / MIB:.1f} MiB.{advice} Name in "
        f"{IGNORE_FILE} what the template does not need"
    )


def _check_distinct(names: Dict[str, str]) -> None:
    seen: Dict[str, str] = {}
    for name in names:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
        if folded in seen:
            raise TemplateError(
                f"path: {name!r} and {seen[folded]!r} are the same name on other systems; "
                "rename one"
            )
        seen[folded] = name

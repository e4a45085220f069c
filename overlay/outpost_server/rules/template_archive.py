"""Templates of several files: which archives are accepted, and how one becomes a folder."""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from outpost_server.keeping.removing import remove

# The SDK refuses by the same numbers before anything is sent (``outpostkit.templates``).
MAX_BYTES = 64 * 1024 * 1024
MAX_FILES = 2000
MAX_DEPTH = 16
MAX_PATH_CHARS = 240
#: Bytes that archives may add to their files.
MAX_ARCHIVE_BYTES = MAX_BYTES + 2 * 1024 * 1024
# The list of names at the end: more is not read, however short its archive.
MAX_DIRECTORY_BYTES = 2 * 1024 * 1024
END = b"PK\x05\x06"
END_BYTES = 22
LARGE_END = b"PK\x06\x07"
LARGE_END_BYTES = 20
IS_ENCRYPTED = 0x1


class ArchiveRefused(Exception):
    """The archive cannot be the template of an endpoint; the text says why."""


def is_archive(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", END))


def check_archive(content: bytes, entry: str) -> None:
    """Read all of an archive within its bounds; nothing is written.

    Raises:
        ArchiveRefused: it is no archive that can be unpacked whole, or has no file ``entry``.
    """
    names = [name for name, _ in files_of(content)]
    if entry not in names:
        raise ArchiveRefused(f"the archive has no file {entry!r}, which the entry names")


def unpack(content: bytes, folder: Path) -> None:
    """Make ``folder`` with the files of an archive: all of them at once, or none.

    A folder that has them already stays.

    Raises:
        ArchiveRefused: it is no archive that can be unpacked.
        OSError: the files cannot be written.
    """
    if _is_unpacked(content, folder):
        return
    partial = folder.with_name(f"{folder.name}.partial")
    remove(partial)
    partial.mkdir(mode=0o700, parents=True)
    for name, data in files_of(content):
        path = partial / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with open(os.open(path, flags, 0o600), "wb") as file:
            file.write(data)
    remove(folder)
    partial.replace(folder)


def _is_unpacked(content: bytes, folder: Path) -> bool:
    """Return whether each file is there in its size: a crash of the machine may have cut some."""
    sizes = {one.filename: one.file_size for one in _members(content)}
    try:
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except OSError:
        return False


def files_of(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file, as the archive has them.

    Raises:
        ArchiveRefused: it is no archive that can be unpacked whole.
    """
    members = _members(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in members:
            try:
                # At most as many bytes as it says, whatever is in it.
                data = archive.read(member)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                NotImplementedError,
                OSError,
            ) as error:
                raise ArchiveRefused(f"{member.filename!r} cannot be unpacked: {error}") from None
            if len(data) != member.file_size:
                raise ArchiveRefused(f"{member.filename!r} is not as long as the archive says")
            yield member.filename, data


def _members(content: bytes) -> list[zipfile.ZipInfo]:
    _check_end(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise ArchiveRefused(f"it is not a zip archive that can be read: {error}") from None
    if len(members) > MAX_FILES * 2:
        raise ArchiveRefused(f"it has {len(members)} files and folders; at most {MAX_FILES} files")
    for member in members:
        _check_member(member)
    files = [member for member in members if not member.is_dir()]
    if len(files) > MAX_FILES:
        first = files[MAX_FILES].filename
        raise ArchiveRefused(f"{first!r} is one file too many: it may have {MAX_FILES} at most")
    _check_size(files)
    _check_distinct([member.filename for member in files])
    return files


def _check_end(content: bytes) -> None:
    """Bound the list of names before it is read: it becomes an object for each name."""
    end = content[-END_BYTES:]
    if not is_archive(content) or end[:4] != END or end[-2:] != b"\0\0":
        raise ArchiveRefused("it is not a zip archive, or has something behind its end")
    large = content[-END_BYTES - LARGE_END_BYTES : -END_BYTES].startswith(LARGE_END)
    if large or int.from_bytes(end[12:16], "little") > MAX_DIRECTORY_BYTES:
        raise ArchiveRefused(f"it has too many names; at most {MAX_FILES} files")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename
    parts = name.removesuffix("/").split("/")
    is_plain = all(unicodedata.category(char)[0] != "C" for char in name) and "\\" not in name
    if not is_plain or any(part in ("", ".", "..") for part in parts):
        raise ArchiveRefused(f"{name!r} is no name for a file within a folder")
    if len(name) > MAX_PATH_CHARS or any(len(os.fsencode(part)) > 255 for part in parts):
        raise ArchiveRefused(f"{name[:80]!r}... is too long: at most {MAX_PATH_CHARS} characters")
    if len(parts) > MAX_DEPTH:
        raise ArchiveRefused(f"{name!r} lies too deep: at most {MAX_DEPTH} levels")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveRefused(f"{name!r} is a link or another special file; send ordinary files")
    if member.flag_bits & IS_ENCRYPTED:
        raise ArchiveRefused(f"{name!r} is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveRefused(f"{name!r} is neither stored nor deflated")


def _check_size(files: list[zipfile.ZipInfo]) -> None:
    total = sum(file.file_size for file in files)
    if total > MAX_BYTES:
        largest = max(files, key=lambda file: file.file_size)
        raise ArchiveRefused(
            f"unpacked it has {total / 1024**2:.1f} MiB, the largest file being "
            f"{largest.filename!r}; at most {MAX_BYTES // 1024**2} MiB"
        )


def _check_distinct(names: list[str]) -> None:
    """Not every system tells names apart that differ in case or in how accents are written."""
    folders = {_folded(name[:at]) for name in names for at, c in enumerate(name) if c == "/"}
    seen: set[str] = set()
    for name in names:
        folded = _folded(name)
        if folded in seen or folded in folders:
            raise ArchiveRefused(f"{name!r} is there twice, perhaps in other case or as a folder")
        seen.add(folded)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())

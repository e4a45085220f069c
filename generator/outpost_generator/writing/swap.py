"""Putting a new package in the place of an old one at once: whole before, whole after.

The new package is made in a folder beside the old one. Files that do not change, and files of
others, are links to those of the old package, so that their content and times stay. Then the two
change places in one step of the file system. A run that is killed leaves the old package or the
new one, never a part of either; what else it leaves is removed by the next run. Only where the
system cannot do that (Windows, some network folders) is there a moment without a package, which the
next run ends.
"""

import contextlib
import ctypes
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from outpost_generator.errors import GenerationFailed, Problem

#: Beside the package: what a run is making.
STAGE = ".outpost-generator"
#: Beside a file: what replaces it.
PART = ".outpost-generator.part"
_NEW, _OLD = "new", "old"


@contextlib.contextmanager
def only_one_run(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder, until this one ends or is killed.

    Raises:
        GenerationFailed: another run is writing there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield  # folders cannot be locked there
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            reason = "another run is writing there"
            raise GenerationFailed([Problem("--output", reason, "Wait until it ends.")]) from None
        except OSError:
            pass  # a file system without locks
        yield
    finally:
        os.close(handle)


def recover(folder: Path, package: str) -> None:
    """Put back a package that a killed run has moved away and not yet replaced."""
    if (folder / STAGE).is_symlink():
        (folder / STAGE).unlink()
    old = folder / STAGE / _OLD
    if old.is_dir() and not (folder / package).exists():
        old.replace(folder / package)


def clean(folder: Path) -> None:
    """Remove what runs have left beside the package."""
    _remove(folder / STAGE)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)


def stage(folder: Path, package: str, files: Mapping[str, str], dropped: set[str]) -> None:
    """Make the new package beside the old one.

    Args:
        folder: the output folder.
        package: the folder of the package in it.
        files: text by path, for the files that are new or different.
        dropped: paths of files of the old package that the new one does not have.
    """
    for left in (_NEW, _OLD):
        _remove(folder / STAGE / left)
    new = folder / STAGE / _NEW
    for path, text in files.items():
        target = new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8"))
        target.chmod(0o644)
    if (folder / package).is_dir():
        _carry_over(folder / package, new / package, dropped, f"{package}/")


def _carry_over(old: Path, new: Path, dropped: set[str], prefix: str) -> None:
    """Link every file that the new folder lacks; a folder whose files are all dropped is gone."""
    names = os.listdir(old)
    is_new = not new.exists()
    new.mkdir(parents=True, exist_ok=True)
    shutil.copymode(old, new)
    for name in names:
        if name == "__pycache__" or prefix + name in dropped:
            continue
        if (old / name).is_dir() and not (old / name).is_symlink():
            _carry_over(old / name, new / name, dropped, f"{prefix}{name}/")
        elif not os.path.lexists(new / name):
            _link(old / name, new / name)
    if is_new and names and not os.listdir(new):
        new.rmdir()


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a file system without links
        shutil.copy2(old, new, follow_symlinks=False)


def swap(folder: Path, package: str, files: Iterable[str], dropped: set[str]) -> None:
    """Put the staged package, in which these files are new, in the place of the old one.

    Where the old package may not be moved, as in a lower layer of a container's files, they are
    put in place one by one, and what is dropped stays.
    """
    new, live, old = folder / STAGE / _NEW / package, folder / package, folder / STAGE / _OLD
    if not live.exists():
        new.replace(live)
        return
    if _exchange(new, live):
        new.replace(old)
    else:
        # Two steps are needed; `recover` takes back the first if the second never comes.
        try:
            live.replace(old)
        except OSError:
            for path in files:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / STAGE / _NEW / path).replace(folder / path)
            return
        new.replace(live)
    _carry_over(old, live, dropped, f"{package}/")  # what came while the new one was made


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can do that (Linux, macOS)."""
    names, exchange, here = (os.fsencode(one), os.fsencode(other)), 2, -100
    try:
        libc = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(libc.renamex_np(*names, exchange) == 0)
        return bool(libc.renameat2(here, names[0], here, names[1], exchange) == 0)
    except (OSError, AttributeError, TypeError):
        return False


def replace(target: Path, text: str) -> None:
    """Write one file whole or not at all."""
    target.parent.mkdir(exist_ok=True)
    # Always of this name: what a killed run leaves of it, the next run replaces.
    part = target.with_name(PART)
    part.unlink(missing_ok=True)
    with part.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
    part.chmod(0o644)
    part.replace(target)

"""Putting a new package in the place of an old one at once: whole before, whole after.

The new package is made in a folder beside the old one. Files that do not change, and files of
others, are links to those of the old package, so that their content and times stay. Then the two
change places in one step of the file system. A run that is killed leaves the old package or the
new one, never a part of either; what else it leaves is removed by the next run.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from outpost_generator.errors import GenerationFailed, Problem

#: Beside the package: what a run is making.
STAGE = ".outpost-generator"
#: Beside a file: what replaces it.
PART = ".outpost-generator.part"
MANIFEST = "MANIFEST.json"
_NEW, _OLD = "new", "old"
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


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


def recover(folder: Path, package: str) -> "Path | None":
    """Take up what a killed run has left, and return the manifest it was about to put in place.

    An old package that was moved away and not yet replaced is put back.
    """
    stage = folder / STAGE
    if (stage / _OLD).is_dir() and not (folder / package).exists():
        (stage / _OLD).replace(folder / package)
    pending = stage / MANIFEST
    return pending if pending.is_file() else None


def clean(folder: Path) -> None:
    """Remove what runs have left beside the package."""
    stage = folder / STAGE
    if stage.is_symlink():
        stage.unlink()
    elif stage.is_dir():
        shutil.rmtree(stage)


def stage(
    folder: Path, package: str, files: Mapping[str, str], dropped: set[str], manifest: str
) -> None:
    """Make the new package beside the old one.

    Args:
        folder: the output folder.
        package: the folder of the package in it.
        files: text by path, for the files that are new or different.
        dropped: paths of files of the old package that the new one does not have.
        manifest: of the new package; kept beside it, so that no file of it is ever unaccounted for.
    """
    new = folder / STAGE / _NEW
    new.mkdir(parents=True)
    for path, text in files.items():
        target = new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8"))
        target.chmod(0o644)
    if (folder / package).is_dir():
        _carry_over(folder / package, new / package, dropped, f"{package}/")
    (folder / STAGE / MANIFEST).write_text(manifest, encoding="utf-8", newline="\n")


def _carry_over(old: Path, new: Path, dropped: set[str], prefix: str) -> None:
    """Link every file that the new folder lacks; a folder whose files are all dropped is gone."""
    names = os.listdir(old)
    kept = [name for name in names if name != "__pycache__" and prefix + name not in dropped]
    is_new = not new.exists()
    new.mkdir(parents=True, exist_ok=True)
    shutil.copymode(old, new)
    for name in kept:
        if (old / name).is_dir() and not (old / name).is_symlink():
            _carry_over(old / name, new / name, dropped, f"{prefix}{name}/")
        elif not os.path.lexists(new / name):
            _link(old / name, new / name)
    if is_new and names and not os.listdir(new):
        new.rmdir()


def _link(old: Path, new: Path) -> None:
    if old.is_symlink():
        new.symlink_to(os.readlink(old))
        return
    try:
        os.link(old, new)
    except OSError:  # a file system without links
        shutil.copy2(old, new)


def swap(folder: Path, package: str, dropped: set[str]) -> bool:
    """Put the staged package in the place of the old one; return whether that could be done.

    It cannot where the old package may not be moved, as in a lower layer of a container's files.
    """
    new, live, old = folder / STAGE / _NEW / package, folder / package, folder / STAGE / _OLD
    if not live.exists():
        new.replace(live)
        return True
    if _exchange(new, live):
        new.replace(old)
    else:
        # Two steps are needed; `recover` takes back the first if the second never comes.
        try:
            live.replace(old)
        except OSError as problem:
            if problem.errno not in (errno.EXDEV, errno.EACCES, errno.EPERM, errno.EBUSY):
                raise
            return False
        new.replace(live)
    _carry_over(old, live, dropped, f"{package}/")  # what came while the new one was made
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can do that (Linux)."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):
        return False
    done: int = rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return done == 0


def replace(target: Path, text: str) -> None:
    """Write one file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Always of this name: what a killed run leaves of it, the next run replaces.
    part = target.with_name(PART)
    part.unlink(missing_ok=True)
    try:
        with part.open("xb") as file:
            file.write(text.encode("utf-8"))
        part.chmod(0o644)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise

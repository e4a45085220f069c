"""What others have filled can be removed, whatever they have made of it, and nothing else goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outpost_server.keeping.removing import remove

# Deeper than calls may nest and than a path may be long.
FLOORS = 5000
DEEP = f"""
import os, sys
os.chdir(sys.argv[1])
for _ in range({FLOORS}):
    open("file", "w").close()
    os.mkdir("below")
    os.chdir("below")
"""
CLOSED = """
import os, sys
from pathlib import Path
from outpost_server.keeping.removing import remove

os.chdir(sys.argv[1])
folder = Path("given")
if os.geteuid() == 0:
    os.chown(".", 54321, 54321)
    os.setresuid(54321, 54321, 54321)
os.makedirs(folder / "a" / "b" / "c")
(folder / "a" / "b" / "file").touch()
for path in ("given/a/b/c", "given/a/b", "given/a", "given"):
    os.chmod(path, int(sys.argv[2], 8))
sys.exit(not remove(folder))
"""


@pytest.fixture
def given(tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


def test_a_folder_of_any_depth_is_removed(given):
    """It takes no more calls, descriptors or length of paths than a flat one."""
    subprocess.run([sys.executable, "-c", DEEP, str(given)], check=True)

    assert remove(given)
    assert not given.exists()


def test_many_folders_at_many_depths_are_removed(given):
    """Names that are there many times are no matter once they lie side by side."""
    for number in range(64):
        folder = given / "/".join("ab"[number >> bit & 1] for bit in range(6))
        folder.mkdir(parents=True)
        (folder / "file").touch()
        (folder / "empty").mkdir()

    assert remove(given)
    assert not given.exists()


@pytest.mark.parametrize("mode", ["000", "100", "200", "400", "500"])
def test_a_folder_that_its_user_has_closed_is_removed(tmp_path, mode):
    """In whatever way; root needs no such care, so that this is another user's."""
    folder = tmp_path / "open"
    folder.mkdir()

    subprocess.run([sys.executable, "-c", CLOSED, str(folder), mode], check=True)

    assert list(folder.iterdir()) == []


def test_what_a_link_leads_to_stays(given, tmp_path):
    """Be it in the folder, deep in it, or in its place."""
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o700)
    (kept / "file").touch()
    (given / "a" / "b").mkdir(parents=True)
    for place in (given / "link", given / "a" / "b" / "link", tmp_path / "instead"):
        place.symlink_to(kept)

    assert remove(given)
    assert remove(tmp_path / "instead")
    assert [path.name for path in kept.iterdir()] == ["file"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept"]


def test_what_is_no_folder_is_removed_and_what_is_not_there_is_gone(given):
    """Pipes, files, and names that no text has."""
    os.mkfifo(given / "pipe")
    Path(os.fsdecode(os.fsencode(given) + b"/\xff\n")).touch()

    assert remove(given / "pipe")
    assert remove(given / "absent" / "below")
    assert remove(given)
    assert not given.exists()

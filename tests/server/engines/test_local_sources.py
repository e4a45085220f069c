"""What tells that something on this machine is not what it was."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from outpost_server.engines.local_sources import source_digests


def digest(path: Path) -> str:
    (found,) = source_digests([f"own-package @ {path.as_uri()}"]).values()
    return found


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "inner").mkdir(parents=True)
    (folder / "setup.py").write_text("one")
    (folder / "inner" / "code.py").write_text("two")
    (folder / "link").symlink_to("inner")
    return folder


def rewrite(package: Path) -> None:
    """Keep size and time."""
    file = package / "inner" / "code.py"
    at = file.stat().st_mtime_ns
    file.write_text("six")
    os.utime(file, ns=(at, at))


def move(package: Path) -> None:
    (package / "inner" / "code.py").rename(package / "inner" / "core.py")


def add(package: Path) -> None:
    (package / "inner" / "empty.py").touch()


def remove(package: Path) -> None:
    (package / "setup.py").unlink()


def shift(package: Path) -> None:
    """Keep what all files hold together."""
    (package / "inner" / "code.py").write_text("twoo")
    (package / "setup.py").write_text("ne")


def relink(package: Path) -> None:
    (package / "link").unlink()
    (package / "link").symlink_to("setup.py")


def permit(package: Path) -> None:
    (package / "setup.py").chmod(0o755)


@pytest.mark.parametrize("change", [rewrite, move, add, remove, shift, relink, permit])
def test_any_change_of_a_folder_shows(package, change):
    """Whatever the change leaves as it was."""
    before = digest(package)

    change(package)

    assert digest(package) != before


def test_a_link_to_a_package_is_what_it_leads_to(package, tmp_path):
    """A name for the newest of several, for instance."""
    newest = tmp_path / "newest"
    newest.symlink_to(package / "setup.py")
    before = digest(newest)

    (package / "setup.py").write_text("another")

    assert digest(newest) != before


def touch(package: Path) -> None:
    os.utime(package / "setup.py", (1, 1))


def run(package: Path) -> None:
    (package / "inner" / "__pycache__").mkdir()
    (package / "inner" / "__pycache__" / "code.pyc").write_bytes(b"compiled")


def look(package: Path) -> None:
    git(package, "init")


def listen(package: Path) -> None:
    """Reading a pipe would wait for somebody to write."""
    before = digest(package)
    os.mkfifo(package / "pipe")
    assert digest(package) != before
    (package / "pipe").unlink()


@pytest.mark.parametrize("use", [touch, run, look, listen])
def test_using_a_folder_is_no_change(package, use):
    """Nothing is built anew for what does not change the package."""
    before = digest(package)

    use(package)

    assert digest(package) == before


def test_a_repository_changes_with_its_commits(package, tmp_path):
    """What is not committed is not installed either. A worktree is a repository, too."""
    git(package, "init")
    git(package, "add", ".")
    git(package, "commit", "-m", "one")
    git(package, "worktree", "add", str(tmp_path / "worktree"))
    requirements = [f"git+{package.as_uri()}", f"git+{(tmp_path / 'worktree').as_uri()}"]
    before = source_digests(requirements)

    rewrite(package)
    assert source_digests(requirements) == before

    git(tmp_path / "worktree", "commit", "--allow-empty", "-m", "two")
    after = source_digests(requirements)

    assert [after[one] != before[one] for one in requirements] == [True, True]


def test_only_what_is_here_is_looked_at(tmp_path):
    """Names, addresses elsewhere and what is missing have no digest."""
    requirements = ["numpy>=2", "a @ https://example.org/a.whl", str(tmp_path / "missing"), "--pre"]

    assert source_digests(requirements) == {}

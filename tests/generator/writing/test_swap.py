"""Putting a new output in the place of an old one, whatever happens meanwhile."""

import errno
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from outpost_generator.errors import GenerationFailed
from outpost_generator.writing import swap
from outpost_generator.writing.manifest import digest_of, manifest_text, write


def output(version: str, count: int) -> dict[str, str]:
    """Return the files of a package: most are of this version alone, some never change."""
    files = {f"api/m{n}/x{n}.py": f"# Generated from {version}\n" for n in range(count)}
    files |= {f"api/only_{version}/y.py": f"# Generated from {version}\n"}
    return files | {"api/same.py": "# Generated from both\n", "api/__init__.py": ""}


def put(folder: Path, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    return write(folder, files, manifest_text(files, "api", "api.yaml", "sha256:0", "1"))


def found(folder: Path) -> dict[str, str]:
    """Return the generated files that are in the package."""
    paths = [path for path in (folder / "api").rglob("*.py") if path.name != "mine.py"]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def fails_for(last: Path, replace: Callable[[Path, Any], Any]) -> Callable[[Path, Any], Any]:
    """Return ``replace`` as it ends when the run is interrupted at this file."""

    def failing(path: Path, argument: Any) -> Any:
        if last in (path, argument):
            raise KeyboardInterrupt
        return replace(path, argument)

    return failing


def _end() -> None:
    raise KeyboardInterrupt


FOREVER = """
import sys
from pathlib import Path
from outpost_generator.writing import swap
from tests.generator.writing.test_swap import output, put
if sys.argv[2] == "two steps":
    swap._exchange = lambda one, other: False
print("ready", flush=True)
while True:
    for version in ("b", "a"):
        put(Path(sys.argv[1]), output(version, 60))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("how", ["one step", "two steps"])
def test_a_killed_run_leaves_the_old_package_or_the_new_one(tmp_path: Path, how: str) -> None:
    """Killed at random moments, a run never leaves a part; the next run cleans up after it."""
    put(tmp_path, output("a", 60))
    (tmp_path / "api/mine.py").write_text("# mine\n")
    moments = random.Random(1)
    for _ in range(8):
        command = [sys.executable, "-c", FOREVER, str(tmp_path), how]
        root = Path(__file__).parents[3]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(moments.uniform(0, 0.05))
            child.kill()

        if how == "two steps":
            swap.recover(tmp_path, "api")  # what the next run does first
        assert found(tmp_path) in (output("a", 60), output("b", 60))
        assert (tmp_path / "api/mine.py").read_text() == "# mine\n"

    put(tmp_path, output("c", 60))

    assert found(tmp_path) == output("c", 60)
    assert (tmp_path / "api/mine.py").read_text() == "# mine\n"
    assert sorted(os.listdir(tmp_path)) == ["MANIFEST.json", "api"]


def test_a_run_that_is_killed_while_it_writes_the_manifest_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has written of it is replaced by the next run."""
    put(tmp_path, output("a", 1))
    with monkeypatch.context() as killed:
        killed.setattr(Path, "replace", fails_for(tmp_path / "MANIFEST.json", Path.replace))
        killed.setattr(Path, "unlink", lambda path, missing_ok=False: None)
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path, output("b", 1))
    left = sorted(os.listdir(tmp_path))

    put(tmp_path, output("c", 1))

    assert left == [swap.STAGE, swap.PART, "MANIFEST.json", "api"]
    assert sorted(os.listdir(tmp_path)) == ["MANIFEST.json", "api"]


@pytest.mark.parametrize("steps", ["one step", "two steps"])
@pytest.mark.parametrize("last", ["the list of files", "stage", "swap", "the manifest", "clean"])
def test_no_file_is_forgotten_by_a_run_that_ends_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, steps: str
) -> None:
    """Ended before or after the swap, its files are removed once the document has them no more."""
    put(tmp_path, output("a", 3))
    files = {"the list of files": tmp_path / swap.STAGE, "the manifest": tmp_path}
    with monkeypatch.context() as patched:
        if steps == "two steps":
            patched.setattr(swap, "_exchange", lambda one, other: False)
        if last in files:
            failing = fails_for(files[last] / "MANIFEST.json", swap.replace)
            patched.setattr("outpost_generator.writing.manifest.replace", failing)
        else:
            patched.setattr(f"outpost_generator.writing.manifest.{last}", lambda *_: _end())
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path, output("b", 3))

    put(tmp_path, output("c", 3))

    assert found(tmp_path) == output("c", 3)


def test_files_that_do_not_change_are_not_touched(tmp_path: Path) -> None:
    """They keep their times and their place on the disk, and so do the files of others."""
    put(tmp_path, output("a", 3))
    (tmp_path / "api/mine").mkdir()
    (tmp_path / "api/mine/notes.txt").write_text("mine")
    (tmp_path / "api/link").symlink_to("mine")
    kept = ["api/same.py", "api/mine/notes.txt"]
    before = [(tmp_path / path).stat() for path in kept]

    written, removed = put(tmp_path, output("b", 3))

    after = [(tmp_path / path).stat() for path in kept]
    assert [(s.st_mtime_ns, s.st_ino) for s in before] == [(s.st_mtime_ns, s.st_ino) for s in after]
    assert (tmp_path / "api/link").readlink() == Path("mine")
    assert "api/same.py" not in written
    assert removed == ["api/only_a/y.py"]
    assert not (tmp_path / "api/only_a").exists()


def test_a_package_that_may_not_be_moved_is_written_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems of containers do not rename folders; the output is the same there."""
    put(tmp_path, output("a", 3))

    def refuse(self: Path, target: Path) -> Path:
        if self.is_dir():
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        os.replace(self, target)
        return target

    monkeypatch.setattr(swap, "_exchange", lambda one, other: False)
    monkeypatch.setattr(Path, "replace", refuse)
    put(tmp_path, output("b", 3))

    assert found(tmp_path) == output("b", 3)
    assert sorted(os.listdir(tmp_path)) == ["MANIFEST.json", "api"]


def test_a_package_of_another_name_is_removed(tmp_path: Path) -> None:
    """After a change of --package, the modules of the old one are orphans."""
    put(tmp_path, output("a", 3))
    renamed = {path.replace("api/", "other/", 1): text for path, text in output("a", 3).items()}

    put(tmp_path, renamed)

    assert sorted(os.listdir(tmp_path)) == ["MANIFEST.json", "other"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")
def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    """The second says so and writes nothing."""
    with (
        swap.only_one_run(tmp_path),
        pytest.raises(GenerationFailed, match="another run is writing there"),
    ):
        put(tmp_path, output("a", 3))

    assert list(tmp_path.iterdir()) == []


def test_the_manifest_names_what_is_there(tmp_path: Path) -> None:
    """Each file with the digest of its content."""
    put(tmp_path, output("a", 3))

    files = json.loads((tmp_path / "MANIFEST.json").read_text())["files"]
    assert files == {path: digest_of(text) for path, text in output("a", 3).items()}


@pytest.mark.parametrize("place", ["api", "api/m0"])
def test_a_file_of_somebody_else_where_a_folder_goes_stays(tmp_path: Path, place: str) -> None:
    """It is named, and nothing is written."""
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("precious")

    with pytest.raises(GenerationFailed, match=f"{place} is a file of somebody else"):
        put(tmp_path, output("one", 2))

    assert (tmp_path / place).read_text() == "precious"


def test_a_folder_of_somebody_else_where_a_file_goes_stays(tmp_path: Path) -> None:
    """With all that is in it."""
    (tmp_path / "api/same.py").mkdir(parents=True)
    (tmp_path / "api/same.py/notes.txt").write_text("precious")

    with pytest.raises(GenerationFailed, match=r"api/same\.py is a folder of somebody else"):
        put(tmp_path, output("one", 2))

    assert (tmp_path / "api/same.py/notes.txt").read_text() == "precious"

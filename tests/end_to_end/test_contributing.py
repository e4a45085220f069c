"""The recipes of CONTRIBUTING, followed word for word in a copy of the repository.

What a recipe says before a block is what is done with it: insert it into a file before or after a
line, put it in the place of a line, append it, make it a new file, or run it. A block after
"It prints" is what the last run printed at its end.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINE = "`` (.+?) ``|`(.+?)`"
PLACES = {
    "before": re.compile(rf"[Ii]n `([^`]+)`, before the line (?:{LINE})\W*$"),
    "after": re.compile(rf"[Ii]n `([^`]+)`, after the line (?:{LINE})\W*$"),
    "instead": re.compile(rf"[Ii]n `([^`]+)`, instead of the line (?:{LINE})\W*$"),
    "end": re.compile(r"[Aa]t the end of `([^`]+)`\W*$"),
    "new": re.compile(r"[Nn]ew file `([^`]+)`\W*$"),
}


def recipes() -> dict[str, str]:
    """Return the text of every recipe by its title."""
    chapter = CONTRIBUTING.split("\n## Recipes\n")[1].split("\n## ")[0]
    titles = re.split(r"^### (.*)$", chapter, flags=re.MULTILINE)[1:]
    return dict(zip(titles[::2], titles[1::2], strict=True))


def steps(recipe: str) -> Iterator[tuple[str, str, str]]:
    """Yield (what is said before, language, text) of every block."""
    end = 0
    for block in BLOCK.finditer(recipe):
        said = " ".join(recipe[end : block.start()].split())
        end = block.end()
        lines = block[3].splitlines()
        indent = len(block[1])
        yield said, block[2], "".join(f"{line[indent:]}\n" for line in lines)


class Copy:
    """A copy of the repository in which a recipe is followed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        # The environment that the tests run in is set up already, as make is to believe.
        (folder / ".venv").mkdir()
        for path in Path(sys.prefix).iterdir():
            (folder / ".venv" / path.name).symlink_to(path)
        (folder / ".venv" / ".ready").unlink(missing_ok=True)
        (folder / ".venv" / ".ready").touch()
        # Before what the environment itself has, which is the repository and not its copy.
        packages = [str(folder / name) for name in ("overlay", "generated", "generator")]
        self.environment = {**os.environ, "PYTHONPATH": os.pathsep.join(packages)}
        self.printed = ""

    def follow(self, said: str, language: str, text: str) -> None:
        """Do what is said with one block."""
        for place, pattern in PLACES.items():
            found = pattern.search(said)
            if found is not None:
                self.write(place, *filter(None, found.groups()), text=text)
                return
        if said.endswith("It prints"):
            assert self.printed.endswith(text), self.printed
        else:
            assert language == "sh", f"what is to be done with this is not said: {text}"
            self.run(text)

    def write(self, place: str, name: str, line: str = "", *, text: str) -> None:
        """Paste a block into a file."""
        file = self.folder / name
        if place == "new":
            assert not file.exists(), f"{name} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            return
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        if place == "end":
            lines += ["\n", "\n", text]  # as between functions
        else:
            [at] = [n for n, each in enumerate(lines) if each.split() == line.split()]
            lines[at : at + 1] = {
                "before": [text, lines[at]], "after": [lines[at], text], "instead": [text]
            }[place]  # fmt: skip
        file.write_text("".join(lines), encoding="utf-8")

    def run(self, text: str) -> None:
        """Run a block in the shell, which ends with the first command that fails."""
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", text],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.printed = done.stdout
        assert done.returncode == 0, f"{text}\n{textwrap.indent(done.stdout, '    ')}"


@pytest.mark.parametrize("title", recipes())
def test_a_recipe_works_word_for_word(title, tmp_path):
    """In a copy, so that what it makes is gone with the test."""
    copy = Copy(tmp_path)

    for said, language, text in steps(recipes()[title]):
        copy.follow(said, language, text)

    assert copy.printed, "a recipe ends with showing that it works"
    copy.run(".venv/bin/ruff check --quiet . && .venv/bin/ruff format --check --quiet .")

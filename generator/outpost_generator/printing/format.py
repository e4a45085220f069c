"""Formatting the output: the same ruff, the same settings, wherever it runs."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.printing.user_templates import Printed

_SETTINGS = (
    "--isolated",  # settings of the user's own project must not change the bytes
    "--no-cache",
)
_TARGET = ("--line-length=100",)
#: What ruff says of a file that is not Python: its path, the line, what is wrong there.
_BROKEN = re.compile(r"^error: Failed to parse (.+):(\d+):\d+: (.+)$", re.MULTILINE)


def formatted(files: Mapping[str, Printed], package: str) -> dict[str, str]:
    """Return the text of every file: formatted, imports sorted and those not used removed.

    Raises:
        GenerationFailed: what a template has printed is not Python.
    """
    with tempfile.TemporaryDirectory(prefix="outpost-generator-") as folder:
        root = Path(folder).absolute() / package
        for path, file in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8", newline="\n")
        complaint = _ruff(
            "check",
            *_SETTINGS,
            "--fix",
            "--exit-zero",
            "--ignore-noqa",
            "--select=I,F401,F811",
            "--config=line-length=100",
            "--config=target-version='py38'",
            f"--config=lint.isort.known-first-party=['{package.split('.')[0]}']",
            "--config=lint.isort.combine-as-imports=true",
            str(root),
        ) or _ruff("format", *_SETTINGS, "--target-version=py38", *_TARGET, str(root))
        if complaint:
            raise GenerationFailed([_problem(complaint, root, files)])
        return {path: (root / path).read_text(encoding="utf-8") for path in files}


def _ruff(*arguments: str) -> str:
    """Return what is wrong; "" when nothing is."""
    ruff = Path(sys.executable).with_name("ruff.exe" if os.name == "nt" else "ruff")
    command = [str(ruff)] if ruff.exists() else [sys.executable, "-m", "ruff"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    return f"{done.stderr} {done.stdout}".strip() if done.returncode else ""


def _problem(complaint: str, root: Path, files: Mapping[str, Printed]) -> Problem:
    """Return the first file that is not Python, by the template that has printed it."""
    broken = {
        Path(path).absolute(): (int(line), why) for path, line, why in _BROKEN.findall(complaint)
    }
    for path, file in files.items():
        if root / path in broken:
            line, why = broken[root / path]
            shown = "".join(file.text.split("\n")[line - 1 : line]).strip()[:80]
            reason = f"writes what is not Python: line {line} of {path}, {shown!r}: {why}"
            return Problem(file.template, reason, "Correct the template.")
    reason = complaint.replace(f"{root}{os.sep}", "")[:800]
    return Problem("output", f"ruff: {reason}", "Repair the installation of ruff.")

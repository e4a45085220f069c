"""Formatting the output: the same ruff, the same settings, wherever it runs."""

import os
import subprocess
import sys
from pathlib import Path

from outpost_generator.errors import GenerationFailed, Problem

_SETTINGS = (
    "--isolated",  # settings of the user's own project must not change the bytes
    "--no-cache",
)
_TARGET = ("--line-length=100",)


def format_folder(folder: Path, package: str) -> None:
    """Sort imports, remove unused ones, and format every file of a folder in place.

    Raises:
        GenerationFailed: the output is not valid Python, which is a defect of a template.
    """
    top = package.split(".")[0]
    _ruff(
        "check",
        *_SETTINGS,
        "--fix",
        "--exit-zero",
        "--ignore-noqa",
        "--select=I,F401,F811",
        "--config=line-length=100",
        "--config=target-version='py38'",
        f"--config=lint.isort.known-first-party=['{top}']",
        str(folder),
    )
    _ruff("format", *_SETTINGS, "--target-version=py38", *_TARGET, str(folder))


def _ruff(*arguments: str) -> None:
    ruff = Path(sys.executable).with_name("ruff.exe" if os.name == "nt" else "ruff")
    command = [str(ruff)] if ruff.exists() else [sys.executable, "-m", "ruff"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = f"{done.stderr} {done.stdout}".strip().replace("\n", " ")[:800]
        raise GenerationFailed(
            [Problem("output", f"ruff: {reason}", "A template writes what is not Python.")]
        )

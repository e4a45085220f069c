"""The same document gives the same bytes."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import outpost_generator

ROOT = Path(__file__).parents[3]
GENERATE = [
    "-m",
    "outpost_generator",
    "generate",
    "spec/outpost.yaml",
    "--name",
    "outpost_api",
    "--output",
]


def interpreters() -> list[str]:
    """Return this Python, and every other one here that has the generator's dependencies."""
    found = [sys.executable]
    for number in ("3.11", "3.12", "3.13", "3.14"):
        name = shutil.which(f"python{number}")
        if name is None or Path(name).resolve() == Path(sys.executable).resolve():
            continue
        probe = [name, "-c", "import attrs, click, jinja2, openapi_python_client, ruff, yaml"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            found.append(name)
    return found


def output(python: str, seed: str, folder: Path) -> dict[str, bytes]:
    """Return every file that one interpreter with one hash seed writes."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "generator")}
    subprocess.run(
        [python, *GENERATE, str(folder)], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_output_does_not_depend_on_python_or_hash_seed(tmp_path: Path) -> None:
    """Every Python with every hash seed writes the same bytes."""
    outputs = [
        output(python, seed, tmp_path / f"{index}-{seed}")
        for index, python in enumerate(interpreters())
        for seed in ("0", "1")
    ]

    assert all(each == outputs[0] for each in outputs)
    assert "outpost_api/api/endpoints/create_endpoint.py" in outputs[0]


def test_the_generator_has_the_version_of_the_distribution() -> None:
    """The manifest names the version that users install."""
    assert outpost_generator.__version__ == version("outpostkit")

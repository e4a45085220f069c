"""Fail unless a wheel holds exactly the four packages, whole. Usage: wheel_contents.py WHEEL"""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "outpostkit": ROOT / "overlay",
    "outpost_server": ROOT / "overlay",
    "outpost_runtime": ROOT / "overlay",
    "outpost_api": ROOT / "generated",
    "outpost_generator": ROOT / "generator",
}


def main(wheel: str) -> None:
    """Compare the wheel's files with those git knows, and look for what must never be in it."""
    shipped = set(zipfile.ZipFile(wheel).namelist())
    problems = []

    metadata = {name for name in shipped if ".dist-info/" in name}
    expected = set()
    for package, folder in PACKAGES.items():
        expected |= {
            path.removeprefix(folder.name + "/")
            for path in files_in_git(folder / package)
            if Path(path).name != ".gitignore"
        }
        if f"{package}/py.typed" not in shipped:
            problems.append(f"{package} has no py.typed: type checkers would ignore its types")
    problems += [f"missing: {name}" for name in sorted(expected - shipped)]
    problems += [f"not in git: {name}" for name in sorted(shipped - metadata - expected)]
    if not any(name.endswith("LICENSE") for name in metadata):
        problems.append("no LICENSE in the metadata")

    manifest = json.loads((ROOT / "generated" / "MANIFEST.json").read_text(encoding="utf-8"))
    problems += [
        f"generated, not shipped: {name}" for name in manifest["files"] if name not in shipped
    ]

    if problems:
        sys.exit("\n".join([f"{Path(wheel).name}:", *problems]))
    print(f"{Path(wheel).name}: {len(shipped)} files, as in the checkout")


def files_in_git(folder: Path) -> list[str]:
    """Return the files below a folder that git tracks, relative to the project's root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    return [path for path in listing.stdout.decode().split("\0") if path]


if __name__ == "__main__":
    main(*sys.argv[1:])

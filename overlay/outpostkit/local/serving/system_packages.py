"""Whether ``system_dependencies`` are there. They are never installed from here."""

from __future__ import annotations

import shutil
import subprocess


def missing_system_packages(names: tuple[str, ...]) -> list[str]:
    """Return those that are neither a command on the PATH nor an installed Debian package."""
    return [name for name in names if shutil.which(name) is None and not _is_package(name)]


def _is_package(name: str) -> bool:
    query = shutil.which("dpkg-query")
    if query is None or name.startswith("-"):
        return False
    command = [query, "--show", "--showformat=${db:Status-Status}", name]
    found = subprocess.run(command, capture_output=True, text=True)
    return found.returncode == 0 and found.stdout == "installed"

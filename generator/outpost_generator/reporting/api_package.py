"""A generated package as its users see it, read from its source by griffe; none of it is run."""

import re
from pathlib import Path

import griffe

from outpost_generator.errors import GenerationFailed, Problem


class ApiPackage:
    """The operations, models and other modules of a generated package."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        loaded = griffe.load(
            folder.name,
            search_paths=[folder.parent],
            try_relative_path=False,
            allow_inspection=False,
            resolve_aliases=False,
        )
        if not isinstance(loaded, griffe.Module) or "operations" not in loaded.members:
            way_out = "Give a folder that outpost-generator wrote, or a document."
            raise GenerationFailed([Problem(folder.name, "is no generated package", way_out)])
        self._root = loaded

    def operations(self) -> dict[str, griffe.Object]:
        """Return the operation modules by their path inside the package."""
        return {
            f"api.{tag.name}.{module.name}": module
            for tag in _modules(self._root.modules["api"])
            for module in _modules(tag)
            if "OPERATION" in module.members
        }

    def models(self) -> dict[str, griffe.Object]:
        """Return classes and aliases by name: which module holds one is no matter for users."""
        return {
            f"models.{name}": found
            for module in _modules(self._root.modules["models"])
            for name, found in module.members.items()
            if isinstance(found, griffe.Object)
            and name in (module.exports or ())
            and not found.is_module
        }

    def modules(self) -> dict[str, griffe.Object]:
        """Return the modules that are the same for every document, and the webhooks."""
        return {
            module.name: module
            for module in _modules(self._root)
            if module.name not in ("api", "models", "operations")
        }

    def text(self) -> dict[str, str]:
        """Return all source, without the comments that say where it comes from and its own name."""
        name = re.compile(rf"\b{re.escape(self._folder.name)}\b")
        return {
            path.relative_to(self._folder).as_posix(): name.sub(
                "",
                "\n".join(
                    line
                    for line in path.read_text(encoding="utf-8").splitlines()
                    if not line.startswith("#")
                ),
            )
            for path in self._folder.rglob("*.py")
        }


def _modules(module: griffe.Module) -> list[griffe.Module]:
    return [
        each
        for each in module.modules.values()
        if isinstance(each, griffe.Module) and not each.name.startswith("_")
    ]


def package_in(folder: Path) -> Path:
    """Return the package that a generated folder holds; the folder may be the package itself.

    Raises:
        GenerationFailed: there is none, or more than one.
    """
    if (folder / "__init__.py").is_file():
        return folder.resolve()
    found = [each.parent for each in sorted(folder.glob("*/operations.py"))]
    if len(found) != 1:
        reason = f"holds {len(found)} generated packages"
        raise GenerationFailed([Problem(folder.name, reason, "Name the folder of one package.")])
    return found[0].resolve()

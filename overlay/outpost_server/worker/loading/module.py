"""The module that a template file becomes, also for the processes that a template starts."""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType

#: Another name of the module in the worker itself: pickles of earlier versions have it.
MODULE_NAME = "outpost_template"


class MainModule(ModuleType):
    """Stands for ``__main__``: what was pickled where the template ran as a script is found in it.

    It has neither a file nor a spec, so that spawned processes do not run it again: they import the
    template by its own name, and only when they need something of it.
    """

    def __init__(self) -> None:
        super().__init__("__main__")

    def __getattr__(self, name: str) -> object:
        template = sys.modules.get(MODULE_NAME)
        if template is None or name.startswith("__"):
            raise AttributeError(f"module '__main__' has no attribute {name!r}")
        return getattr(template, name)


def import_template(path: Path, root: Path) -> ModuleType:
    """Run the file at ``path`` and return its module, whose name is that of the file.

    The folder of the file comes first on the path of imports, as it does where a file is run as a
    script, and ``root`` after it. A file with the name of an installed package does not take that
    package's place: its module then has a name that only this process knows.

    Raises:
        BaseException: whatever the file raises.
    """
    name, folders = path.stem, list(dict.fromkeys((str(path.parent), str(root))))
    if name in sys.modules or PathFinder.find_spec(name) is not None:
        name = MODULE_NAME
        sys.path.extend(folders)
    else:
        sys.path[:0] = folders
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # because the name ends in .py
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Present under its name, as pydantic and pickle look it up there.
    sys.modules[name] = sys.modules[MODULE_NAME] = module
    spec.loader.exec_module(module)
    return module

"""Import every module of an installed core and fail when one needs more than the core brings."""

import importlib
import importlib.metadata
import pkgutil
import re
import sys

# These say themselves which extra they need.
WITH_EXTRAS = ("outpostkit.cli", "outpostkit.demo.summarizer", "outpostkit.local.pytest_plugin")


def main() -> None:
    """Import, count, and check what the distribution asks for."""
    imported = 0
    for package in ("outpostkit", "outpost_api"):
        for module in pkgutil.walk_packages(
            importlib.import_module(package).__path__, package + ".", onerror=fail
        ):
            if not module.name.startswith(WITH_EXTRAS):
                importlib.import_module(module.name)
                imported += 1

    import outpostkit

    for name in outpostkit.__all__:
        getattr(outpostkit, name)
    version = importlib.metadata.version("outpostkit")
    assert outpostkit.__version__ == version, (outpostkit.__version__, version)
    assert "site-packages" in outpostkit.__file__, outpostkit.__file__
    needs = {
        re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]
        for requirement in importlib.metadata.requires("outpostkit") or []
        if "extra ==" not in requirement
    }
    assert needs == {"attrs", "httpx", "msgspec"}, needs
    for module in ("outpost_server.running.server", "outpostkit.cli.app"):
        try:
            importlib.import_module(module)
        except ImportError:
            continue
        fail(module)
    print(f"outpostkit {version}: {imported} modules imported, needing only {sorted(needs)}")


def fail(name: str) -> None:
    """End with the name of the module that is wrong."""
    sys.exit(f"{name}: cannot be imported, or can be without its extra")


if __name__ == "__main__":
    main()

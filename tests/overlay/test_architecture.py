"""Every arrow between the packages points one way."""

import ast
import importlib.util
import sys
from pathlib import Path
from typing import Iterator, Set, Tuple

import pytest

#: Folders of outpostkit that belong to extras, which older Pythons can neither use nor parse.
EXTRAS = frozenset({"local", "cli", "demo"})
HAS_EXTRAS = sys.version_info >= (3, 11)


def package(name: str) -> Path:
    """The folder of a package, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        pytest.skip(f"{name} is not installed here")
    return Path(found.origin).parent


def imports(folder: Path, root: str) -> Iterator[Tuple[str, str]]:
    """Yield (file, absolute name of the module) for every import in a package, wherever it stands.

    ``from a import b`` gives ``a.b``, as b may be a module.
    """
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder)
        if relative.parts[0] in EXTRAS and not HAS_EXTRAS:
            continue
        module = [root, *relative.with_suffix("").parts]
        package = module[:-1]
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield str(relative), alias.name
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                for alias in node.names:
                    yield str(relative), ".".join([*base, *filter(None, [node.module]), alias.name])


def violations(folder: Path, root: str, forbidden: Set[str]) -> Set[Tuple[str, str]]:
    """Return the imports that lead into a forbidden module or package."""
    return {
        (file, name)
        for file, name in imports(folder, root)
        if any(name == each or name.startswith(f"{each}.") for each in forbidden)
    }


def test_the_generated_package_knows_nothing_of_the_overlay() -> None:
    """outpost_api is complete by itself."""
    folder = package("outpost_api")

    assert violations(folder, "outpost_api", {"outpostkit", "outpost_generator"}) == set()


def test_nothing_needs_the_generator_at_run_time() -> None:
    """The generator writes code and is not part of it."""
    folder = package("outpostkit")

    assert violations(folder, "outpostkit", {"outpost_generator"}) == set()


@pytest.mark.skipif(not HAS_EXTRAS, reason="the local Outpost needs Python 3.11")
def test_the_local_outpost_does_not_use_the_clients_that_it_is_tested_with() -> None:
    """It is a peer of the remote one: it shares the contract, not the code of its callers."""
    folder = package("outpostkit") / "local"
    clients = {
        f"outpostkit.{name}"
        for name in (
            "AsyncClient", "AsyncEndpoint", "AsyncEndpoints", "AsyncPredictor",
            "Client", "Endpoint", "Endpoints", "Predictor", "client", "endpoints", "predictor",
        )
    }  # fmt: skip

    assert violations(folder, "outpost_server", clients) == set()


def test_the_sdk_does_not_need_the_local_outpost() -> None:
    """Its core works where the extra is not installed."""
    folder = package("outpostkit")

    found = violations(
        folder, "outpostkit", {"outpost_server", *(f"outpostkit.{name}" for name in EXTRAS)}
    )

    assert {(file, name) for file, name in found if Path(file).parts[0] not in EXTRAS} == set()

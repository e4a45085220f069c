"""Nothing is loaded before it is used."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import outpost_api


def loaded_by(statement: str) -> "set[str]":
    """Return the modules that a fresh Python holds after a statement."""
    code = f"{statement}; import sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import outpost_api",
        "import outpost_api.api",
        "from outpost_api.api import endpoints",
        "import outpost_api.models",
    ],
)
def test_packages_load_nothing_heavy(statement: str) -> None:
    """Importing a package loads neither httpx nor msgspec nor any model or operation."""
    loaded = loaded_by(statement)

    assert not {"httpx", "msgspec", "attr"} & loaded
    assert not {
        name
        for name in loaded
        if name.startswith(("outpost_api.models.", "outpost_api.api.endpoints."))
    }


def test_an_enum_alone_loads_no_reader() -> None:
    """A default argument that is an enum costs an enum, and not msgspec or attrs."""
    loaded = loaded_by("from outpost_api.models.service_visibility import ServiceVisibility")

    assert not {"httpx", "msgspec", "attr", "attrs", "outpost_api.codec"} & loaded


def test_the_registry_loads_no_operation() -> None:
    """Reading what operations there are loads none of them."""
    loaded = loaded_by("import outpost_api.operations")

    assert not {name for name in loaded if name.startswith("outpost_api.api")}


def test_one_operation_loads_only_its_models() -> None:
    """An operation loads the models it names and those they hold."""
    loaded = loaded_by("from outpost_api.api.user import get_user")

    assert {name for name in loaded if name.startswith("outpost_api.models.")} == {
        "outpost_api.models.error",
        "outpost_api.models.user_details",
        "outpost_api.models.user_stats",
    }
    assert "httpx" not in loaded


def test_every_module_can_be_imported() -> None:
    """No module refers to another that is not there."""
    for info in pkgutil.walk_packages(outpost_api.__path__, "outpost_api."):
        importlib.import_module(info.name)


@pytest.mark.parametrize(
    "package", ["outpost_api", "outpost_api.models", "outpost_api.api.endpoints"]
)
def test_every_public_name_is_there(package: str) -> None:
    """What __all__ lists can be had, and a name that does not exist says so."""
    module = importlib.import_module(package)

    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))
    with pytest.raises(AttributeError):
        module.no_such_name  # noqa: B018  # the access is the test

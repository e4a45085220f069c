"""Everything that can be imported from 0.0.46 and 0.0.69 is there, and is called as it was."""

import enum
import importlib
import inspect
from typing import Any, Dict, List

import pytest

from tests.overlay.published.published import SURFACE, Published, bound, entries, form

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MODULES = sorted({module for modules in SURFACE.values() for module in modules})
CLASSES = entries("classes")
METHODS = [
    pytest.param(entry, name, text, id=f"{entry}.{name}")
    for entry in CLASSES
    for name, text in entry.facts.get("methods", {}).items()
]
WITH_FIELDS = [entry for entry in CLASSES if "fields" in entry.facts]
WITH_ATTRIBUTES = [
    pytest.param(entry, name, id=f"{entry}.{name}")
    for entry in CLASSES
    for name in [*entry.facts.get("attributes", []), *entry.facts.get("properties", [])]
]

#: Attributes that a class has only once it is made.
OF_OBJECTS = frozenset({"status_code", "message", "code", "data"})


def fields_of(entry: Published) -> Dict[str, bool]:
    """Return the published fields of a class, and whether each has no default."""
    return form(f"({entry.facts['fields']})").parameters


@pytest.mark.parametrize("module", MODULES)
def test_a_published_module_can_be_imported(module: str) -> None:
    """Under its name."""
    importlib.import_module(module)


@pytest.mark.parametrize("entry", entries("names"), ids=str)
def test_a_published_name_is_there(entry: Published) -> None:
    """Re-exports and constants."""
    assert entry.ours() is not None


@pytest.mark.parametrize("entry", CLASSES, ids=str)
def test_a_published_class_is_there(entry: Published) -> None:
    """And is a class."""
    assert inspect.isclass(entry.ours())


@pytest.mark.parametrize("entry", entries("functions"), ids=str)
def test_a_published_function_is_called_as_it_was(entry: Published) -> None:
    """With as little as possible, all by position, and all by keyword."""
    assert bound(inspect.signature(entry.ours()), form(f"({entry.facts})")) == []


@pytest.mark.parametrize(("entry", "name", "text"), METHODS)
def test_a_published_method_is_called_as_it_was(entry: Published, name: str, text: str) -> None:
    """With as little as possible, all by position, and all by keyword; async as it was."""
    cls = entry.ours()
    published = form(text)
    # The signature of a class is that of its constructor; a method's begins with self.
    if name == "__init__":
        signature = inspect.signature(cls)
    else:
        method = getattr(cls, name)
        assert inspect.iscoroutinefunction(method) == published.is_async
        signature = inspect.signature(method.__get__(object()))

    assert bound(signature, published) == []


@pytest.mark.parametrize("entry", WITH_FIELDS, ids=str)
def test_a_published_dataclass_is_made_by_position_and_by_keyword(entry: Published) -> None:
    """Its fields in their order; each reads as what was given."""
    cls = entry.ours()
    fields = fields_of(entry)
    values: List[Any] = [sample(cls, name) for name in fields]

    by_position = cls(*values)
    by_keyword = cls(**dict(zip(fields, values)))

    for made in (by_position, by_keyword):
        assert [getattr(made, name) for name in fields] == values


@pytest.mark.parametrize("entry", WITH_FIELDS, ids=str)
def test_a_published_default_is_still_the_default(entry: Published) -> None:
    """What needed not be given need not be."""
    cls = entry.ours()
    fields = fields_of(entry)
    required = {name: sample(cls, name) for name, is_required in fields.items() if is_required}

    made = cls(**required)

    for name in fields.keys() - required.keys():
        assert getattr(made, name) in (None, {}, [])


@pytest.mark.parametrize(
    "entry",
    [
        entry
        for entry in WITH_FIELDS
        if "*args" in entry.facts.get("methods", {}).get("__init__", "")
    ],
    ids=str,
)
def test_a_class_of_answers_takes_any_keywords(entry: Published) -> None:
    """Unknown ones are dropped, missing ones are None or their default."""
    made = entry.ours()(**{"a keyword of a later version": 1})

    assert all(hasattr(made, name) for name in fields_of(entry))


@pytest.mark.parametrize(("entry", "name"), WITH_ATTRIBUTES)
def test_a_published_attribute_is_there(entry: Published, name: str) -> None:
    """On the class, or on an object of an error."""
    cls = entry.ours()
    owner = cls(404, "gone") if name in OF_OBJECTS else cls

    assert hasattr(owner, name)


@pytest.mark.parametrize("entry", [entry for entry in CLASSES if "members" in entry.facts], ids=str)
def test_a_published_enumeration_has_its_members(entry: Published) -> None:
    """In their order, with their values."""
    cls = entry.ours()

    assert issubclass(cls, enum.Enum)
    assert {member.name: member.value for member in cls} == entry.facts["members"]
    assert [member.name for member in cls] == list(entry.facts["members"])


@pytest.mark.parametrize("entry", [entry for entry in CLASSES if "keys" in entry.facts], ids=str)
def test_a_published_typed_dictionary_has_its_keys(entry: Published) -> None:
    """They describe the objects of large file transfer."""
    assert set(entry.facts["keys"]) <= set(entry.ours().__annotations__) | {
        name for base in entry.ours().__mro__ for name in getattr(base, "__annotations__", ())
    }


@pytest.mark.parametrize("entry", [entry for entry in CLASSES if "bases" in entry.facts], ids=str)
def test_a_published_base_class_is_kept(entry: Published) -> None:
    """So that ``except`` and ``isinstance`` go on working."""
    bases = {base.__name__ for base in entry.ours().__mro__} | {"TypedDict", "Enum"}

    assert {base.rpartition(".")[2] for base in entry.facts["bases"]} <= bases


def sample(cls: type, field: str) -> object:
    """Return a value for a field that is read back as it was given."""
    if field in ("deployments", "endpoints", "finetunings"):
        return []
    if field == "id" and cls.__name__ == "EndpointAutogeneratedOutpostModelDetails":
        return "owner/model"
    return {} if field == "extra" else None if field == "stats" else f"a {field}"

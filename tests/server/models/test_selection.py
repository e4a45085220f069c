"""Which files of a model are fetched."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from outpost_server.models.model import ModelRefused
from outpost_server.models.selection import needed_files

SMALL = "config.json tokenizer.json tokenizer_config.json vocab.txt chat_template.jinja"
PICKLES = "pytorch_model.bin model.pt sub/weights.pkl"


@pytest.mark.parametrize(
    ("there", "needed"),
    [
        ("model.safetensors pytorch_model.bin tf_model.h5 flax_model.msgpack", "model.safetensors"),
        ("model.safetensors onnx/model.onnx onnx/config.json", "model.safetensors"),
        ("model.safetensors original/consolidated.00.pth", "model.safetensors"),
        ("model.safetensors consolidated.safetensors", "model.safetensors"),
        ("model.safetensors model.fp16.safetensors", "model.safetensors"),
        ("model.fp16.safetensors", "model.fp16.safetensors"),
        ("model.safetensors model.Q4_K_M.gguf", "model.safetensors"),
        ("model.safetensors README.md .gitattributes cat.png", "model.safetensors"),
        ("model.safetensors checkpoint-500/model.safetensors", "model.safetensors"),
        ("model.safetensors training_args.bin optimizer.pt", "model.safetensors"),
        (
            "model-00001-of-00002.safetensors model-00002-of-00002.safetensors"
            " model.safetensors.index.json",
            "model-00001-of-00002.safetensors model-00002-of-00002.safetensors"
            " model.safetensors.index.json",
        ),
        (
            "model_index.json unet/diffusion_pytorch_model.safetensors"
            " unet/diffusion_pytorch_model.bin sd-v1.safetensors sd-v1.ckpt",
            "model_index.json unet/diffusion_pytorch_model.safetensors",
        ),
        ("modules.json 1_Pooling/config.json model.safetensors", None),
        ("SmolLM2.Q4_K_M.gguf", None),
        ("SmolLM2.F16.gguf SmolLM2.Q4_K_M.gguf SmolLM2.Q8_0.gguf", "SmolLM2.F16.gguf"),
        ("model.skops", None),
    ],
)
def test_weights_are_fetched_once_and_in_the_safe_form(there, needed):
    """What is small comes along; None means all of it."""
    files = dict.fromkeys(f"{SMALL} {there}".split(), 10)

    found = needed_files(files)

    assert set(found) == set(f"{SMALL} {needed or there}".split())


def test_pickles_are_fetched_only_when_they_are_asked_for():
    """They run code of whoever made them."""
    files = dict.fromkeys(f"{SMALL} {PICKLES}".split(), 10)

    assert set(needed_files(files, allow_pickle=True)) == set(files)
    with pytest.raises(ModelRefused, match="allow_pickle"):
        needed_files(files)


@pytest.mark.parametrize(
    ("there", "said"), [("tf_model.h5", "other libraries"), ("", "no weights")]
)
def test_a_model_without_weights_to_load_is_refused(there, said):
    """The reason says what it has."""
    with pytest.raises(ModelRefused, match=said):
        needed_files(dict.fromkeys(f"{SMALL} {there}".split(), 10), allow_pickle=True)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,4}(/[a-z]{1,4})?(\.[a-z]{2,11})?\Z"), st.just(1)))
def test_safetensors_never_bring_pickles_of_their_folder(files):
    """Whatever else is there."""
    found = needed_files({**files, "model.safetensors": 1}, allow_pickle=True)

    assert "model.safetensors" in found
    assert not [path for path in found if path.endswith(".bin") and "/" not in path]

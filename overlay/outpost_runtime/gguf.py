"""Models in GGUF, unpacked once into the form that loads in a moment and whose memory is shared."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import shutil
from pathlib import Path

_log = logging.getLogger("outpost.model")


def unpack_gguf(folder: str, file_name: str) -> str:
    """Return a folder with the model of ``folder / file_name`` as safetensors in bfloat16.

    The first replica makes it, in half a minute for 135 million parameters, beside the cache of
    models; others wait for it, or find it there. transformers itself would compute with the packed
    numbers, which takes several times as long for each answer.

    Raises:
        OSError: there is no room for it, or ``file_name`` is no such file.
    """
    source = Path(folder, file_name).resolve()
    found = source.stat()
    told = f"{source}\n{found.st_size}\n{found.st_mtime_ns}"
    made = _unpacked() / hashlib.sha256(told.encode()).hexdigest()[:24]
    made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(made.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # given back when this process ends, however it ends
        if not made.is_dir():
            _log.info("unpacking %s; this happens once", file_name)
            partial = made.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            _unpack(source, partial)
            partial.rename(made)
    return str(made)


def _unpacked() -> Path:
    cache = os.environ.get("HF_HUB_CACHE")
    if cache:
        return Path(cache).absolute().parent / "unpacked"
    return Path.home() / ".cache" / "outpost" / "unpacked"


def _unpack(source: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    kind = {"gguf_file": source.name, "local_files_only": True}
    tokenizer = AutoTokenizer.from_pretrained(source.parent, **kind)
    packed = AutoModelForCausalLM.from_pretrained(source.parent, dtype=torch.bfloat16, **kind)
    # A packed model cannot be saved; one that was never packed can, with the same numbers.
    config = packed.config
    del config.quantization_config
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.load_state_dict(packed.state_dict())
    model.generation_config = packed.generation_config
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)

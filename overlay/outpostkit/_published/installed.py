"""What else is installed on this machine, as 0.0.69 told; nothing is imported to find out."""

import logging
import os
import re
from importlib import metadata, util
from pathlib import PurePath
from typing import Optional, Tuple, Union

logger = logging.getLogger("outpostkit")

ENV_VARS_TRUE_VALUES = {"1", "ON", "YES", "TRUE"}
ENV_VARS_TRUE_AND_AUTO_VALUES = {*ENV_VARS_TRUE_VALUES, "AUTO"}

USE_TF = os.environ.get("USE_TF", "AUTO").upper()
USE_TORCH = os.environ.get("USE_TORCH", "AUTO").upper()
USE_JAX = os.environ.get("USE_FLAX", "AUTO").upper()
USE_TORCH_XLA = os.environ.get("USE_TORCH_XLA", "1").upper()
FORCE_TF_AVAILABLE = os.environ.get("FORCE_TF_AVAILABLE", "AUTO").upper()

REGEX_COMMIT_HASH = re.compile(r"^[0-9a-f]{40}$")


def is_package_available(
    pkg_name: str, return_version: bool = False
) -> "Union[bool, Tuple[bool, str]]":
    """Tell whether a package is installed, with its version (``N/A`` for none) if that is asked."""
    is_there, version = util.find_spec(pkg_name) is not None, "N/A"
    if is_there:
        try:
            version = metadata.version(pkg_name)
        except metadata.PackageNotFoundError:
            is_there = False
    return (is_there, version) if return_version else is_there


def is_transformers_available() -> bool:
    """Tell whether transformers is installed."""
    return bool(is_package_available("transformers"))


def is_peft_available() -> bool:
    """Tell whether peft is installed."""
    return bool(is_package_available("peft"))


def is_torch_available() -> bool:
    """Tell whether PyTorch is installed and not switched off by ``USE_TORCH`` or ``USE_TF``."""
    is_wanted = USE_TORCH in ENV_VARS_TRUE_AND_AUTO_VALUES and USE_TF not in ENV_VARS_TRUE_VALUES
    return is_wanted and bool(is_package_available("torch"))


def is_bitsandbytes_available() -> bool:
    """Tell whether bitsandbytes is installed, with PyTorch and a GPU to run on."""
    return bool(is_package_available("bitsandbytes")) and _has_gpu()


def is_flash_attn_2_available() -> bool:
    """Tell whether flash-attn 2 is installed, with PyTorch and a GPU to run on."""
    version = is_package_available("flash_attn", return_version=True)
    major = version[1].partition(".")[0] if isinstance(version, tuple) else ""
    return major.isdigit() and int(major) >= 2 and _has_gpu()


def extract_commit_hash(resolved_file: Optional[str], commit_hash: Optional[str]) -> Optional[str]:
    """Return a commit hash, or the one in the path of a cached file: ``.../snapshots/HASH/...``."""
    if resolved_file is None or commit_hash is not None:
        return commit_hash
    found = re.search(r"snapshots/([^/]+)/", PurePath(resolved_file).as_posix())
    return found.group(1) if found and REGEX_COMMIT_HASH.match(found.group(1)) else None


def _has_gpu() -> bool:
    if not is_torch_available():
        return False
    import torch  # type: ignore[import-not-found,unused-ignore]  # only where it is installed

    return bool(torch.cuda.is_available())

"""A door for programs written for 0.0.46 and 0.0.69: what else is installed."""

from outpostkit._published.installed import (
    ENV_VARS_TRUE_AND_AUTO_VALUES as ENV_VARS_TRUE_AND_AUTO_VALUES,
    ENV_VARS_TRUE_VALUES as ENV_VARS_TRUE_VALUES,
    FORCE_TF_AVAILABLE as FORCE_TF_AVAILABLE,
    USE_JAX as USE_JAX,
    USE_TF as USE_TF,
    USE_TORCH as USE_TORCH,
    USE_TORCH_XLA as USE_TORCH_XLA,
    is_bitsandbytes_available as is_bitsandbytes_available,
    is_flash_attn_2_available as is_flash_attn_2_available,
    is_package_available as _is_package_available,  # noqa: F401 - tools import it by this name
    is_peft_available as is_peft_available,
    is_torch_available as is_torch_available,
    is_transformers_available as is_transformers_available,
    logger as logger,
)
from outpostkit._published.logger import init_outpost_logger as init_outpost_logger

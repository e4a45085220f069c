"""Which variables of the server's environment its replicas have: these, and no others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

NAMES = frozenset(
    "PATH LANG LANGUAGE TZ LD_LIBRARY_PATH"
    " SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE"
    " HF_ENDPOINT HF_HUB_OFFLINE TRANSFORMERS_OFFLINE HF_DATASETS_OFFLINE".split()
)
# Of the language, of Python and of libraries that compute.
PREFIXES = tuple(
    "LC_ PYTHON MALLOC_ CUDA_ NVIDIA_ NCCL_ ROCM_ ROCR_ HIP_ HSA_"
    " OMP_ GOMP_ KMP_ MKL_ OPENBLAS_ NUMEXPR_ TORCH_ PYTORCH_ XLA_ JAX_"
    " TOKENIZERS_ TRANSFORMERS_ HF_HUB_DISABLE_ HF_HUB_ENABLE_".split()
)
# Some of those may be called so, whatever they belong to.
PRIVATE_WORDS = ("TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "API_KEY", "AUTH")
# What a replica has of its own.
OWN = frozenset({"PYTHONSTARTUP", "PYTHONHISTFILE", "TRANSFORMERS_CACHE", "TORCH_HOME"})
PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "FTP_PROXY"})
#: Those that name files which a replica needs as well.
FILES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def for_replicas(environment: Mapping[str, str], passed: Collection[str] = ()) -> dict[str, str]:
    """Return the variables that replicas begin with; ``passed`` are names to add to the list."""
    return {
        name: value
        for name, value in environment.items()
        if name in passed or _is_harmless(name, value)
    }


def _is_harmless(name: str, value: str) -> bool:
    if name.upper() in PROXIES:
        return "@" not in value or _has_no_password(value)
    if name in OWN or any(word in name.replace("TOKENIZER", "") for word in PRIVATE_WORDS):
        return False
    return name in NAMES or name.startswith(PREFIXES)


def _has_no_password(proxy: str) -> bool:
    """Tell whether the address of a proxy can be shown to templates."""
    try:
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    except ValueError:
        return False
    return "@" not in parts.netloc

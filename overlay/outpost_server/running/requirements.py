"""What the local Outpost needs beside the core of the SDK, and how to get it."""

import sys
from importlib.util import find_spec

MODULES = (
    "aiohttp cryptography fastapi huggingface_hub jinja2 packaging prometheus_client"
    " python_multipart starlette uvicorn"
).split()
INSTALL_COMMAND = 'pip install "outpostkit[local]"'


def require_local_extra() -> None:
    """Return when the local Outpost can run here.

    Raises:
        ImportError: this Python is older than 3.11 or a package of the ``local`` extra is missing.
    """
    if sys.version_info < (3, 11):  # noqa: UP036  # imported by older ones to say this
        found = ".".join(str(part) for part in sys.version_info[:2])
        raise ImportError(
            f"the local Outpost needs Python 3.11 or newer, this is Python {found}. "
            f"Install it there with: {INSTALL_COMMAND}"
        )
    missing = [module for module in MODULES if find_spec(module) is None]
    if missing:
        raise ImportError(
            f"the local Outpost needs packages that are not installed ({', '.join(missing)}). "
            f"Install them with: {INSTALL_COMMAND}"
        )

"""Files as text that fits into JSON, and values of programs as JSON."""

import base64
import io
import mimetypes
import os
from importlib.util import find_spec
from pathlib import Path
from types import GeneratorType
from typing import IO, TYPE_CHECKING, Any, Callable, Optional

from outpost_api.later import later

if TYPE_CHECKING:
    from outpost_api import types
    from outpost_api.types import JsonValue
else:
    types = later("outpost_api.types")

#: What files were read by; only told, and not used.
FILE_READ_BUFFER_SIZE = 4 * 1024 * 1000

HAS_NUMPY = find_spec("numpy") is not None


def upload_file(file: "IO[Any]", output_file_prefix: Optional[str] = None) -> str:
    """Return a file as a ``data:`` address or, with a prefix, put it there and return where it is.

    Args:
        file: an open file that can be read again from its beginning; text is taken as UTF-8.
        output_file_prefix: beginning of an address, which the file's name is added to.

    Raises:
        httpx.HTTPError: it could not be put there.
    """
    file.seek(0)
    name = getattr(file, "name", "")
    path = name if isinstance(name, (str, os.PathLike)) else ""
    if output_file_prefix is not None:
        import httpx

        address = output_file_prefix + (os.path.basename(path) or "output")
        httpx.put(address, files={"file": file}, timeout=None).raise_for_status()
        return address
    content = file.read()
    written = content.encode("utf-8") if isinstance(content, str) else content
    kind = mimetypes.guess_type(os.fspath(path))[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(written).decode('ascii')}"


def encode_json(obj: Any, upload_file: "Callable[[IO[Any]], str]") -> "types.JsonValue":
    """Return what JSON can hold of a value, with every file and path given to ``upload_file``."""
    if isinstance(obj, dict):
        return {key: encode_json(value, upload_file) for key, value in obj.items()}
    if isinstance(obj, (list, tuple, set, frozenset, GeneratorType)):
        return [encode_json(value, upload_file) for value in obj]
    if isinstance(obj, Path):
        with obj.open("rb") as file:
            return upload_file(file)
    if isinstance(obj, io.IOBase):
        return upload_file(obj)  # type: ignore[arg-type]  # every file of this class is one
    if type(obj).__module__ == "numpy" and hasattr(obj, "tolist"):  # scalars and arrays
        plain: JsonValue = obj.tolist()
        return plain
    kept: JsonValue = obj
    return kept

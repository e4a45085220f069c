"""Helpers that earlier versions had, and the home of modules that people import from."""

import os
from typing import TYPE_CHECKING, Tuple

if TYPE_CHECKING:
    import httpx

__all__ = ["save_file_at_path_from_response", "split_full_name"]


def split_full_name(full_name: str) -> Tuple[str, str]:
    """Return ``entity/name`` as the two.

    Raises:
        ValueError: it is not of that form.
    """
    from outpostkit._names import endpoint_identity

    return endpoint_identity(None, None, full_name)


def save_file_at_path_from_response(response: "httpx.Response", save_path: str) -> None:
    """Write the body of an answer to a file; folders are made, and a file there is replaced.

    The file appears when it is complete: an answer that breaks off leaves what was there.

    Raises:
        OutpostHTTPException: the answer is an error; nothing was written.
    """
    if not response.is_success:
        from outpostkit._calls.answers import http_error
        from outpostkit.exceptions import exception_for_status

        response.read()
        raise http_error(exception_for_status(response.status_code), response)
    folder = os.path.dirname(os.path.abspath(save_path))
    os.makedirs(folder, exist_ok=True)
    partial = f"{save_path}.{os.urandom(4).hex()}.part"
    try:
        with open(partial, "xb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
        os.replace(partial, save_path)
    finally:
        if os.path.exists(partial):
            os.unlink(partial)

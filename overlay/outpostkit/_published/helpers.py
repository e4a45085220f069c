"""Helpers that earlier versions had; the objects that methods return need none of them."""

import os
from datetime import datetime
from typing import TYPE_CHECKING, Dict, Iterable, Mapping, Tuple, TypeVar

from outpost_api.later import later
from outpostkit._published.warning import warn_once

if TYPE_CHECKING:
    import httpx

    from outpost_api import types
    from outpostkit._published import log_data as records
else:
    httpx = later("httpx")
    records = later("outpostkit._published.log_data")
    types = later("outpost_api.types")

T = TypeVar("T")


def convert_outpost_date_str_to_date(date_string: str) -> datetime:
    """Return a time of the API, such as ``2023-12-08T13:26:01.277Z``, as a datetime in UTC.

    It has no time zone, as it never had: compare it with ``datetime.utcnow()``.

    Raises:
        ValueError: it is not such a time.
    """
    return datetime.strptime(date_string, "%Y-%m-%dT%H:%M:%S.%fZ")


def separate_keys(
    dictionary: Mapping[str, T], known_keys: Iterable[str]
) -> Tuple[Dict[str, T], Dict[str, T]]:
    """Return a dictionary as two: what has a known key, and the rest."""
    known = frozenset(known_keys)
    return (
        {key: value for key, value in dictionary.items() if key in known},
        {key: value for key, value in dictionary.items() if key not in known},
    )


def parse_endpoint_log_data(log_data: "Dict[str, types.JsonValue]") -> "records.EndpointLogData":
    """Return what a log line of an endpoint says, from its JSON object."""
    from outpostkit._published.log_data import EndpointLogData

    warn_once("parse_endpoint_log_data(...)", "EndpointLogData.from_dict(...)")
    return EndpointLogData.from_dict(log_data)


def parse_finetuning_job_log_data(
    log_data: "Dict[str, types.JsonValue]",
) -> "records.FinetuningJobLogData":
    """Return what a log line of a finetuning job says, from its JSON object."""
    from outpostkit._published.log_data import FinetuningJobLogData

    warn_once("parse_finetuning_job_log_data(...)", "FinetuningJobLogData.from_dict(...)")
    return FinetuningJobLogData.from_dict(log_data)


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

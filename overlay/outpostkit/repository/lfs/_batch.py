"""The question how to transfer objects, and its answer."""

import re
from typing import Dict, List, Mapping, Optional, Sequence, cast

import httpx

from outpost_api.api import lfs as operations
from outpost_api.codec import read_json
from outpost_api.errors import DecodeError
from outpost_api.models import (
    LfsBatchRequest,
    LfsOperation,
    LfsReference,
    LfsTransfer,
    ObjectAttributes,
    RepositoryType,
)
from outpost_api.types import UNSET, JsonValue
from outpostkit._resources.names import checked_name
from outpostkit._version import __version__
from outpostkit.exceptions import ConfigurationError
from outpostkit.repository._names import checked_repository, checked_type
from outpostkit.repository._transmission import Steps, answer_to
from outpostkit.repository.lfs import types
from outpostkit.repository.lfs._actions import (
    LFS_MIME_TYPE,
    LfsTransmission,
    Patience,
    lfs_request,
    named,
)
from outpostkit.repository.lfs.exc import LfsError


def batch_steps(
    server: str,
    token: Optional[str],
    patience: Patience,
    *,
    prefix: str,
    operation: str,
    objects: Sequence[Mapping[str, object]],
    ref: Optional[str],
    transfers: Sequence[str],
) -> "Steps[types.BatchResponse]":
    """Ask, and return the answer as the server wrote it.

    Raises:
        ConfigurationError: an argument cannot be used.
        LfsError: the server refused, or answered something else.
    """
    names = prefix.strip("/").split("/")
    if len(names) != 3:
        raise ConfigurationError(
            f"prefix must be 'organization/repo_type/repo', not {prefix[:200]!r}"
        )
    if operation not in ("upload", "download"):
        raise ConfigurationError(f"operation must be 'upload' or 'download', not {operation!r}")
    body = LfsBatchRequest(
        operation=LfsOperation(operation),
        objects=[_object(each) for each in objects],
        transfers=[LfsTransfer(name) for name in transfers],
        ref=UNSET if ref is None else LfsReference(ref),
    )
    plan = operations.create_lfs_batch.plan(
        checked_name(names[0], "organization"),
        RepositoryType(checked_type(names[1])),
        checked_repository(names[2], "repo"),
        body=body,
        base_url=server,
    )
    headers = httpx.Headers({**plan.headers, "Accept": LFS_MIME_TYPE})
    headers["User-Agent"] = f"outpost-python/{__version__}"
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    content = plan.body if isinstance(plan.body, bytes) else b""
    transmission = LfsTransmission(
        lfs_request(plan.method, plan.url(server), headers, content),
        label=f"{plan.method} {plan.path}",
        policy=patience.policy,
        timeout=patience.timeout,
        secrets=(token,) if token is not None else (),
        is_repeatable=True,  # it only asks
    )
    response = yield from answer_to(transmission)
    try:
        reply = read_json(response.content)
    except DecodeError:
        reply = None
    found = reply.get("objects") if isinstance(reply, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise LfsError(
            f"{transmission.label}: status {response.status_code}, but the answer is no list of "
            "objects as Git LFS describes it; check lfs_server_url",
            status_code=response.status_code,
        )
    return cast(types.BatchResponse, reply)


def transfer_of(reply: types.BatchResponse, known: Sequence[str]) -> str:
    """Return the way to transfer that the server chose; ``basic`` if it does not say.

    Raises:
        LfsError: it is not one that was offered.
    """
    transfer = reply.get("transfer") or "basic"
    # Every server may fall back to basic, whether it was offered or not.
    if transfer not in known and transfer != "basic":
        raise LfsError(
            f"the server wants to transfer with {str(transfer)[:64]!r}, which was not offered; "
            f"offered were: {', '.join(known)}"
        )
    return transfer


def object_of(reply: types.BatchResponse, oid: str, size: int) -> Dict[str, object]:
    """Return what to do for one object.

    Raises:
        LfsError: it cannot be transferred, or the answer says nothing about it.
    """
    objects: List[types.BatchObject] = reply.get("objects", [])
    found = next((each for each in objects if each.get("oid") == oid), None)
    if found is None:
        raise LfsError(f"the server's answer says nothing about {named(oid)}", oid=oid)
    error = found.get("error")
    if error:
        known = error if isinstance(error, dict) else {"message": str(error)}
        code = known.get("code")
        raise LfsError(
            f"{named(oid)}: {known.get('message') or 'the server refuses it'}"
            + (f" (code {code})" if code is not None else ""),
            status_code=code if isinstance(code, int) else None,
            oid=oid,
        )
    return {**found, "oid": oid, "size": size}


def _object(given: Mapping[str, object]) -> ObjectAttributes:
    oid, size = given.get("oid"), given.get("size")
    if not isinstance(oid, str) or re.fullmatch(r"[0-9a-f]{64}", oid) is None:
        raise ConfigurationError("oid must be a SHA-256 in lower-case hexadecimal, 64 digits")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ConfigurationError("size must be a number of bytes, 0 or more")
    extras = {name: value for name, value in given.items() if name not in ("oid", "size")}
    return ObjectAttributes(oid, size, cast("Dict[str, JsonValue]", extras))

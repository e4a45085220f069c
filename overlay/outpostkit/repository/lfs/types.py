"""The JSON objects of Git LFS, as dictionaries.

Only ``oid`` and ``size``, and of every action ``href``, are sure to be there.
"""

from typing import Dict, List, Optional, TypedDict

__all__ = [
    "BasicActionAttributes",
    "BasicDownloadActions",
    "BasicUploadActions",
    "BatchObject",
    "BatchResponse",
    "DownloadObjectAttributes",
    "MultipartActionAttributes",
    "MultipartPartAttributes",
    "MultipartPartsAction",
    "MultipartUploadActions",
    "MultipartUploadObjectAttributes",
    "ObjectAttributes",
    "ObjectError",
    "UploadObjectAttributes",
]


class ObjectAttributes(TypedDict):
    """An object: the SHA-256 of its content in lower-case hexadecimal, and its size in bytes."""

    oid: str
    size: int


class _Request(TypedDict):
    href: str


class BasicActionAttributes(_Request, total=False):
    """A request to send: where, with which headers, and for how many seconds that works."""

    header: Optional[Dict[str, str]]
    expires_in: Optional[int]


class MultipartActionAttributes(BasicActionAttributes, total=False):
    """A request to send before or after the parts; ``method`` is POST if it is not given."""

    method: Optional[str]
    body: Optional[str]


class MultipartPartAttributes(TypedDict, total=False):
    """A request for one part; one without ``href`` is already there.

    ``pos`` and ``size`` are in bytes; without a size it is everything from ``pos`` on.
    """

    href: Optional[str]
    method: Optional[str]
    pos: Optional[int]
    size: Optional[int]
    want_digest: Optional[str]
    header: Optional[Dict[str, str]]
    expires_in: Optional[int]
    etag: Optional[str]


class MultipartPartsAction(TypedDict):
    """The parts of one object."""

    parts: List[MultipartPartAttributes]


class BasicUploadActions(TypedDict, total=False):
    """The requests that upload an object in one piece."""

    upload: BasicActionAttributes
    verify: BasicActionAttributes


class BasicDownloadActions(TypedDict, total=False):
    """The request that downloads an object."""

    download: BasicActionAttributes


class UploadObjectAttributes(TypedDict, total=False):
    """An object and how to upload it; without actions it is already there."""

    actions: BasicUploadActions
    oid: str
    size: int
    authenticated: Optional[bool]


class DownloadObjectAttributes(TypedDict, total=False):
    """An object and how to download it."""

    actions: BasicDownloadActions
    oid: str
    size: int
    authenticated: Optional[bool]


class MultipartUploadActions(TypedDict, total=False):
    """The requests that upload an object in parts."""

    init: MultipartActionAttributes
    commit: MultipartActionAttributes
    part: MultipartPartsAction
    abort: MultipartActionAttributes
    verify: BasicActionAttributes


class MultipartUploadObjectAttributes(TypedDict, total=False):
    """An object and how to upload it in parts."""

    actions: MultipartUploadActions
    oid: str
    size: int
    authenticated: Optional[bool]


class ObjectError(TypedDict):
    """Why one object of a batch cannot be transferred."""

    code: int
    message: str


class BatchObject(TypedDict, total=False):
    """What to do for one object of a batch, as the server wrote it."""

    oid: str
    size: int
    authenticated: Optional[bool]
    actions: Optional[Dict[str, object]]
    error: Optional[ObjectError]


class BatchResponse(TypedDict, total=False):
    """How to transfer the objects of a batch; without ``transfer`` it is ``basic``."""

    transfer: str
    objects: List[BatchObject]

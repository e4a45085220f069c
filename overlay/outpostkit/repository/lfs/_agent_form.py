"""The form of ``multipart-basic`` that agents of git-lfs know.

There is one action, ``upload``. Its header is not sent but lists the addresses of the parts, and
its address takes the XML document that puts them together, as S3 and GCS define it.
"""

import re
from typing import Dict, List, Mapping, Optional, Tuple
from xml.sax.saxutils import escape

from outpostkit.repository.lfs.exc import LfsError

Action = Mapping[str, object]


def agent_parts(upload: Action, size: int) -> Tuple[List[Action], Optional[Action]]:
    """Return parts and abort from the header of ``upload``, where agents of git-lfs find them."""
    header = upload.get("header")
    known = header if isinstance(header, Mapping) else {}
    numbered = {
        int(found.group(1)): href
        for name, href in known.items()
        for found in [re.fullmatch(r"part_(\d{1,5})", str(name))]
        if found is not None
    }
    if not numbered:
        return [], None
    chunk_size = str(known.get("chunk_size", ""))
    if not chunk_size.isdigit() or sorted(numbered) != list(range(1, len(numbered) + 1)):
        raise LfsError("the server lists parts that are not complete, or without their size")
    step = int(chunk_size)
    if step * len(numbered) < size:
        raise LfsError("the parts that the server lists do not hold the whole object")
    parts: List[Action] = [
        {
            "href": numbered[number],
            "pos": min((number - 1) * step, size),
            "size": max(0, min(step, size - (number - 1) * step)),
        }
        for number in sorted(numbered)
    ]
    abort_url = known.get("abort_url")
    return parts, ({"href": abort_url} if abort_url else None)


def completion(etags: Dict[int, str]) -> bytes:
    """Return the document that puts the parts together, by their numbers and entity tags."""
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(etag)}</ETag></Part>"
        for number, etag in etags.items()
    )
    return f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()

"""The steps of an upload, in one request or in parts."""

import base64
import hashlib
import json
import logging
from typing import Dict, Generator, List, Mapping, Optional, Union, cast

import httpx

from outpostkit.exceptions import OutpostError
from outpostkit.repository._source import Progress, Slice, Source
from outpostkit.repository._transmission import Step, Steps, Work, answer_to
from outpostkit.repository.lfs._actions import LFS_MIME_TYPE, Patience, action_transmission, named
from outpostkit.repository.lfs._agent_form import agent_parts, completion
from outpostkit.repository.lfs.exc import LfsError
from outpostkit.retry import RetryPolicy

Action = Mapping[str, object]

logger = logging.getLogger("outpostkit.lfs")

#: Giving up is a courtesy to the server: one attempt, and not for long.
ABORT_POLICY = RetryPolicy(max_attempts=1, deadline=10.0)


class Upload:
    """An object to upload, and what the server says of it."""

    def __init__(
        self, spec: Mapping[str, object], source: Source, progress: Progress, patience: Patience
    ) -> None:
        self.actions = actions_of(spec)
        self.oid = str(spec.get("oid") or source.sha256)
        self.source = source
        self.progress = progress
        self.patience = patience
        size = spec.get("size", source.size)
        if size != source.size:
            raise LfsError(
                f"{named(self.oid)} has {size} bytes, the file {source.size}", oid=self.oid
            )

    def in_one_piece(self) -> "Steps[None]":
        """Upload with ``basic``."""
        upload = action_of(self.actions, "upload")
        if upload is not None:
            label = f"upload of {named(self.oid)}"
            content = self.source.slice(0, self.source.size)
            yield from self._send(
                upload, "PUT", label, content=content, content_type="application/octet-stream"
            )
        yield from self._verify()

    def in_parts(self) -> "Steps[None]":
        """Upload with ``multipart-basic``, in whichever of its forms the server uses."""
        upload = action_of(self.actions, "upload")
        parts = parts_of(self.actions, self.oid)
        commit, abort = action_of(self.actions, "commit"), action_of(self.actions, "abort")
        is_agent_form = parts is None and upload is not None
        if is_agent_form and upload is not None:
            parts, abort = agent_parts(upload, self.source.size)
            if not parts:
                yield from self.in_one_piece()
                return
            commit = {"href": upload.get("href")}
        try:
            init = action_of(self.actions, "init")
            if init is not None:
                body = init.get("body")
                yield from self._send(
                    init,
                    "POST",
                    f"begin of the upload of {named(self.oid)}",
                    content=body.encode("utf-8") if isinstance(body, str) else None,
                )
            etags = yield from self._parts(parts or [], is_counted=commit is not None)
            if commit is not None:
                yield from self._commit(commit, etags, is_agent_form)
        except BaseException:
            if abort is not None:
                yield from self._abort(abort, "DELETE" if is_agent_form else "POST")
            raise
        yield from self._verify()

    def _parts(
        self, parts: List[Action], *, is_counted: bool
    ) -> "Generator[Step, Optional[httpx.Response], Dict[int, str]]":
        """Upload the parts that are not there yet; return the entity tag of each number."""
        etags: Dict[int, str] = {}
        for number, part in enumerate(parts, 1):
            label = f"part {number} of {len(parts)} of {named(self.oid)}"
            content = self._content(part, label)
            progress = self.progress.part()
            etag = part.get("etag") or part.get("ETag")
            if part.get("href"):
                etag = yield from self._send_part(part, label, content, progress)
                if not etag and is_counted:
                    raise LfsError(f"{label}: the server gives no ETag for it", oid=self.oid)
            progress.reached(content.size)
            if isinstance(etag, str) and etag:
                etags[number] = etag
        return etags

    def _send_part(
        self, part: Action, label: str, content: Slice, progress: Progress
    ) -> "Generator[Step, Optional[httpx.Response], Optional[str]]":
        digest: Dict[str, str] = {}
        want = part.get("want_digest")
        if want:
            yield Work(lambda: digest.update(digest_header(content, str(want))), only_reads=True)
        response = yield from self._send(
            part, "PUT", label, content=content, headers=digest, progress=progress
        )
        etag: Optional[str] = response.headers.get("etag")
        return etag

    def _content(self, part: Action, label: str) -> Slice:
        total = self.source.size
        pos = part.get("pos") or 0
        if not isinstance(pos, int) or not 0 <= pos <= total:
            raise LfsError(f"{label} begins outside of the {total} bytes", oid=self.oid)
        size = part.get("size")
        size = total - pos if size is None else size
        if not isinstance(size, int) or not 0 <= size <= total - pos:
            raise LfsError(f"{label} ends outside of the {total} bytes", oid=self.oid)
        return self.source.slice(pos, size)

    def _commit(self, commit: Action, etags: Dict[int, str], is_agent_form: bool) -> "Steps[None]":
        label = f"end of the upload of {named(self.oid)}"
        if not is_agent_form:
            parts = [{"ETag": etag, "PartNumber": number} for number, etag in etags.items()]
            content = json.dumps({"oid": self.oid, "parts": parts}).encode()
            yield from self._send(
                commit, "POST", label, content=content, content_type="application/json"
            )
            return
        content = completion(etags)
        response = yield from self._send(
            commit, "POST", label, content=content, content_type="application/xml"
        )
        # S3 answers 200 before it knows the outcome.
        if b"<Error>" in response.content:
            raise LfsError(f"{label}: the storage could not put the parts together", oid=self.oid)

    def _verify(self) -> "Steps[None]":
        verify = action_of(self.actions, "verify")
        if verify is not None:
            content = json.dumps({"oid": self.oid, "size": self.source.size}).encode()
            yield from self._send(
                verify,
                "POST",
                f"verification of {named(self.oid)}",
                content=content,
                content_type=LFS_MIME_TYPE,
                is_repeatable=True,  # it only looks
            )
        self.progress.reached(self.source.size)

    def _abort(self, abort: Action, method: str) -> "Steps[None]":
        patience = Patience(ABORT_POLICY, self.patience.timeout)
        label = f"giving up the upload of {named(self.oid)}"
        try:
            transmission = action_transmission(
                abort, method=method, label=label, patience=patience, oid=self.oid
            )
            yield from answer_to(transmission)
        except OutpostError:
            # What the upload failed with is what the caller has to know.
            logger.info("%s failed; the server may keep its parts for a while", label)

    def _send(
        self,
        action: Action,
        method: str,
        label: str,
        *,
        content: Union[bytes, Slice, None] = None,
        content_type: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        progress: Optional[Progress] = None,
        is_repeatable: bool = False,
    ) -> "Steps[httpx.Response]":
        return answer_to(
            action_transmission(
                action,
                method=method,
                label=label,
                patience=self.patience,
                oid=self.oid,
                content=content,
                content_type=content_type,
                headers=headers,
                progress=progress or self.progress,
                is_repeatable=is_repeatable,
            )
        )


def digest_header(content: Slice, want_digest: str) -> Dict[str, str]:
    """Return the header with the digest that a server wants of a part.

    Raises:
        LfsError: it wants one that is not known here.
    """
    if want_digest != "contentMD5":
        raise LfsError(f"the server wants a digest that is not known here: {want_digest[:64]!r}")
    digest = hashlib.md5()
    for chunk in content.chunks():
        digest.update(chunk)
    return {"Content-MD5": base64.b64encode(digest.digest()).decode("ascii")}


def actions_of(spec: Mapping[str, object]) -> Action:
    """Return the actions of an object; none means that there is nothing to do."""
    actions = spec.get("actions")
    return cast(Action, actions) if isinstance(actions, Mapping) else {}


def action_of(actions: Action, name: str) -> Optional[Action]:
    """Return one action, or None."""
    action = actions.get(name)
    return cast(Action, action) if isinstance(action, Mapping) and action else None


def parts_of(actions: Action, oid: str) -> Optional[List[Action]]:
    """Return the parts of ``part.parts``, or of ``parts`` as servers before May 2024 sent them."""
    part = action_of(actions, "part")
    parts = part.get("parts") if part is not None else actions.get("parts")
    if parts is None:
        return None
    if not isinstance(parts, list) or not all(isinstance(each, Mapping) for each in parts):
        raise LfsError(f"the server gives no list of parts for {named(oid)}", oid=oid)
    return parts

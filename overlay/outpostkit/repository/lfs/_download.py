"""The steps of a download: into a file of the caller, or into one that appears when it is whole."""

import os
from typing import BinaryIO, Mapping, Union

from outpostkit.exceptions import ConfigurationError, OutpostError
from outpostkit.repository._part_file import PartFile
from outpostkit.repository._receiving import Receiving
from outpostkit.repository._source import Progress
from outpostkit.repository._to_path import to_path
from outpostkit.repository._transmission import Steps, Work, answer_to
from outpostkit.repository.lfs._actions import Patience, action_transmission, named
from outpostkit.repository.lfs._upload import action_of, actions_of
from outpostkit.repository.lfs.exc import LfsError


class Download:
    """An object to download, and what the server says of it."""

    def __init__(self, spec: Mapping[str, object], progress: Progress, patience: Patience) -> None:
        self.spec = spec
        self.oid = str(spec.get("oid") or "") or None
        size = spec.get("size")
        self.size = size if isinstance(size, int) else None
        self.progress = progress
        self.patience = patience

    def to(self, target: "Union[str, os.PathLike[str], BinaryIO]") -> "Steps[None]":
        """Download to a path, or to an open file from where it stands."""
        if isinstance(target, (str, os.PathLike)):
            part = PartFile(target, tag=self.oid)
            return to_path(part, lambda part: self._receiving(part.file), self._content)
        if not hasattr(target, "write") or hasattr(target, "encoding"):
            raise ConfigurationError(
                "file_obj must be a path or a file opened in binary mode: open(path, 'wb')"
            )
        return self._to_file(target)

    def _to_file(self, file: BinaryIO) -> "Steps[None]":
        receiving = self._receiving(file)
        try:
            yield from self._content(receiving)
        except GeneratorExit:
            receiving.rewind()
            raise
        except BaseException:
            yield Work(receiving.rewind)
            raise

    def _content(self, receiving: Receiving) -> "Steps[None]":
        action = action_of(actions_of(self.spec), "download")
        label = f"download of {named(self.oid)}"
        if action is None:
            raise LfsError(f"{label}: the server does not say where it is", oid=self.oid)
        if receiving.is_whole():
            yield Work(receiving.complete)
            return
        yield from answer_to(
            action_transmission(
                action,
                method="GET",
                label=label,
                patience=self.patience,
                oid=self.oid,
                receiving=receiving,
            )
        )

    def _receiving(self, file: BinaryIO) -> Receiving:
        return Receiving(
            file,
            label=f"download of {named(self.oid)}",
            wrong=self._wrong,
            progress=self.progress,
            size=self.size,
            sha256=self.oid,
        )

    def _wrong(self, reason: str) -> OutpostError:
        return LfsError(f"download of {named(self.oid)}: {reason}", oid=self.oid)

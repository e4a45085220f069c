"""The steps of a download to a path, whose file appears when it is whole."""

from typing import Callable

from outpostkit.exceptions import OutpostError
from outpostkit.repository._part_file import PartFile
from outpostkit.repository._receiving import Receiving
from outpostkit.repository._transmission import Steps, Work


def to_path(
    part: PartFile,
    receiving_of: Callable[[PartFile], Receiving],
    content: "Callable[[Receiving], Steps[None]]",
) -> "Steps[None]":
    """Go on with what an earlier download has left, or begin; keep what the next can go on with.

    Args:
        part: the file beside the path, not yet open.
        receiving_of: describes what should come to it, once it is open.
        content: the steps that bring what is missing.
    """
    yield Work(part.open)
    is_kept = False
    try:
        receiving = receiving_of(part)
        try:
            yield Work(receiving.take_over)
            yield from content(receiving)
            yield Work(part.commit)
        except BaseException as error:
            is_kept = receiving.is_worth_keeping(error)
            raise
    except GeneratorExit:
        part.give_up(keep=is_kept)
        raise
    except BaseException as error:
        yield Work(lambda: part.give_up(keep=is_kept))
        if isinstance(error, OSError) and not isinstance(error, OutpostError):
            # A disk that is full says so, and not which.
            error.filename = error.filename or part.target
        raise

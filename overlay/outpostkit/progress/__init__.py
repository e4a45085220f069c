"""A progress bar for whatever takes long, made of what is installed.

    >>> from outpostkit.progress import progress_bar
    >>> endpoint.deploy(wait=True, on_progress=progress_bar())
    >>> for result in predictor.infer_many(inputs, progress=progress_bar("Predicting")): ...

In a notebook it is a line of the cell's output; in a terminal it is drawn by rich or by tqdm,
whichever is installed, else as plain text. None of them is imported before it is used. Where the
output is no terminal, such as in the log of a scheduled job, plain lines are written now and then.
"""

from typing import TYPE_CHECKING

from outpostkit._lazy import door

if TYPE_CHECKING:
    from outpostkit.progress._events import (
        BatchProgress as BatchProgress,
        WaitProgress as WaitProgress,
        finish as finish,
    )
    from outpostkit.progress._progress_bar import (
        ProgressBar as ProgressBar,
        progress_bar as progress_bar,
    )

_HOMES = {
    "BatchProgress": "outpostkit.progress._events",
    "ProgressBar": "outpostkit.progress._progress_bar",
    "WaitProgress": "outpostkit.progress._events",
    "finish": "outpostkit.progress._events",
    "progress_bar": "outpostkit.progress._progress_bar",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES)

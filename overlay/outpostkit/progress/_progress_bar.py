"""What shows events: a bar of the kind that suits where it is drawn."""

import importlib.util
import sys
from typing import TYPE_CHECKING, Dict, Literal, Optional, TextIO, Type

from outpost_api.later import later
from outpostkit.exceptions import ConfigurationError
from outpostkit.progress._bars import Bar, NotebookBar, PlainBar, RichBar, TqdmBar, View
from outpostkit.progress._events import BatchProgress

if TYPE_CHECKING:
    from outpostkit.progress import _events
else:
    _events = later("outpostkit.progress._events")

Style = Literal["auto", "rich", "tqdm", "notebook", "plain"]


_BARS: Dict[str, Type[Bar]] = {
    "rich": RichBar,
    "tqdm": TqdmBar,
    "notebook": NotebookBar,
    "plain": PlainBar,
}


class ProgressBar:
    """Shows each event that it is called with. It can be used again after its end."""

    def __init__(self, description: str, kind: Type[Bar], file: TextIO) -> None:
        self._description = description
        self._kind = kind
        self._file = file
        self._bar: Optional[Bar] = None

    def __call__(self, event: "_events.ProgressEvent") -> None:
        """Show how far it is."""
        if self._bar is None:
            self._bar = self._kind(self._file)
        self._bar.show(view_of(event, self._description))

    def finish(self) -> None:
        """Leave the last state on the screen, and end the line; again does nothing."""
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.end()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._description!r}, {self._kind.__name__})"


def progress_bar(
    description: str = "", *, style: "Style" = "auto", file: Optional[TextIO] = None
) -> ProgressBar:
    """Return a progress bar for ``on_progress=`` and ``progress=``.

    Args:
        description: stands before the bar; the endpoint's name, or "Predictions", by default.
        style: ``rich``, ``tqdm``, ``notebook`` or ``plain``; ``auto`` chooses by what is there.
        file: where to write, but for ``notebook``; standard error by default.

    Raises:
        ConfigurationError: there is no such style, or what it needs is not installed.
    """
    target = sys.stderr if file is None else file
    if style == "auto":
        return ProgressBar(description, _BARS[_best(target)], target)
    if style not in _BARS:
        raise ConfigurationError(f"style must be auto or one of {', '.join(_BARS)}, not {style!r}")
    needed = {"rich": "rich", "tqdm": "tqdm", "notebook": "IPython"}.get(style)
    if needed is not None and not _is_installed(needed):
        raise ConfigurationError(f"style {style!r} needs {needed}: pip install {needed.lower()}")
    return ProgressBar(description, _BARS[style], target)


def _best(file: TextIO) -> str:
    if _is_notebook():
        return "notebook"
    if not file.isatty():
        return "plain"
    return next((name for name in ("rich", "tqdm") if _is_installed(name)), "plain")


def _is_installed(name: str) -> bool:
    return name in sys.modules or importlib.util.find_spec(name) is not None


def _is_notebook() -> bool:
    # Only a program that runs in one has IPython loaded, so it is not imported to find out.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def view_of(event: "_events.ProgressEvent", description: str = "") -> View:
    """Return what a bar shows of an event."""
    if isinstance(event, BatchProgress):
        rate = event.done / event.elapsed_s if event.elapsed_s > 0 else 0.0
        failed = f", {event.failed} failed" if event.failed else ""
        return View(
            description or "Predictions", f"{rate:.1f}/s{failed}", event.done, event.total,
            event.elapsed_s,
        )  # fmt: skip
    state = event.status or "no answer"
    if event.message is None and event.deployment_status not in (None, event.status):
        state = f"{state} (deployment {event.deployment_status})"
    if event.problem is not None:
        # The first line says what is wrong; the others what to do about it.
        first = event.problem.partition("\n")[0]
        state = f"{state}: {first[:120]}"
    elif event.message is not None:
        # The bar has the numbers.
        what = event.message if event.transferred is None else event.message.partition(":")[0]
        state = f"{state}: {what[:120]}"
    done, total = event.transferred or (None, None)
    return View(description or event.endpoint, state, done, total, event.elapsed_s, is_bytes=True)

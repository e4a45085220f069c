"""How progress looks: drawn by rich, tqdm or a notebook, or written as plain text."""

import dataclasses
import html
import time
from importlib import import_module
from typing import Any, Optional, TextIO


@dataclasses.dataclass(frozen=True)
class View:
    """What a bar shows."""

    description: str
    #: What is going on, in words.
    state: str
    #: How many are done, of how many; None where nothing is counted, or the total is not known.
    done: Optional[int]
    total: Optional[int]
    elapsed_s: float
    #: Whether bytes are counted.
    is_bytes: bool = False

    @property
    def kind(self) -> str:
        """``bytes``, ``count``, or ``words`` where nothing is counted."""
        if self.done is None:
            return "words"
        return "bytes" if self.is_bytes else "count"

    @property
    def text(self) -> str:
        """All of it on one line."""
        counted = ""
        if self.done is not None and self.is_bytes and self.total is not None:
            counted = f"{self.done / 1e6:,.0f}/{self.total / 1e6:,.0f} MB "
        elif self.done is not None:
            counted = f"{self.done}/{self.total} " if self.total is not None else f"{self.done} "
        return f"{self.description}: {counted}{self.state} [{clock(self.elapsed_s)}]"


def clock(seconds: float) -> str:
    """Return a duration as ``mm:ss``, with hours where there are any."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


class Bar:
    """One bar on the screen."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def show(self, view: View) -> None:
        """Draw it as it is now."""
        raise NotImplementedError

    def end(self) -> None:
        """Leave it as it is."""


class PlainBar(Bar):
    """One line that is written over in a terminal; elsewhere a line per change, not too often."""

    #: Seconds between two lines, where lines cannot be written over.
    PAUSE_S = 5.0

    def __init__(self, file: TextIO) -> None:
        super().__init__(file)
        self._is_terminal = file.isatty()
        self._last: Optional[View] = None
        self._written: Optional[View] = None
        self._written_at = 0.0
        self._width = 0

    def show(self, view: View) -> None:
        self._last = view
        if self._is_terminal:
            self._file.write(f"\r{view.text:<{self._width}}")
            self._width = len(view.text)
            self._file.flush()
        elif self._is_news(view):
            self._write(view)

    def end(self) -> None:
        if self._is_terminal:
            self._file.write("\n")
        elif self._last is not None and self._last != self._written:
            self._write(self._last)
        self._file.flush()

    def _is_news(self, view: View) -> bool:
        if self._written is None:
            return True
        is_other_state = view.done is None and view.state != self._written.state
        return is_other_state or time.monotonic() - self._written_at >= self.PAUSE_S

    def _write(self, view: View) -> None:
        self._file.write(f"{view.text}\n")
        self._file.flush()
        self._written, self._written_at = view, time.monotonic()


class RichBar(Bar):
    """A bar by rich; text is shown as it is, not as markup."""

    def __init__(self, file: TextIO) -> None:
        super().__init__(file)
        self._progress: Any = None
        self._task: Any = None
        self._kind = ""

    def show(self, view: View) -> None:
        progress = self._progress or self._begin(view)
        if view.kind != self._kind:
            progress.columns = self._columns(view.kind)
            self._kind = view.kind
        progress.update(
            self._task,
            completed=view.done or 0,
            total=view.total,
            description=view.description,
            state=view.state,
        )

    def end(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _begin(self, view: View) -> Any:
        from rich.console import Console
        from rich.progress import Progress

        self._progress = Progress(console=Console(file=self._file))
        self._task = self._progress.add_task(view.description, total=view.total, state=view.state)
        self._progress.columns = self._columns(view.kind)
        self._kind = view.kind
        self._progress.start()
        return self._progress

    def _columns(self, kind: str) -> Any:
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            SpinnerColumn,
            TextColumn,
            TimeElapsedColumn,
        )

        counted: Any = ()
        if kind != "words":
            counted = (BarColumn(), DownloadColumn() if kind == "bytes" else MofNCompleteColumn())
        return (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            *counted,
            TextColumn("{task.fields[state]}", markup=False),
            TimeElapsedColumn(),
        )


class TqdmBar(Bar):
    """A bar by tqdm."""

    def __init__(self, file: TextIO) -> None:
        super().__init__(file)
        self._bar: Any = None

    def show(self, view: View) -> None:
        if self._bar is None:
            tqdm = import_module("tqdm").tqdm
            self._bar = tqdm(desc=view.description, total=view.total, file=self._file)
        self._bar.bar_format = "{desc}: {postfix} [{elapsed}]" if view.kind == "words" else None
        self._bar.unit, self._bar.unit_scale = ("B", True) if view.is_bytes else ("it", False)
        self._bar.total = view.total
        self._bar.set_postfix_str(view.state, refresh=False)
        self._bar.update((view.done or 0) - self._bar.n)
        self._bar.refresh()

    def end(self) -> None:
        if self._bar is not None:
            self._bar.close()


class NotebookBar(Bar):
    """A line of a cell's output that is drawn again in its place."""

    def __init__(self, file: TextIO) -> None:
        super().__init__(file)
        self._handle: Any = None

    def show(self, view: View) -> None:
        ipython = import_module("IPython.display")
        drawn = ipython.HTML(self.html(view))
        if self._handle is None:
            self._handle = ipython.display(drawn, display_id=True)
        else:
            self._handle.update(drawn)

    @staticmethod
    def html(view: View) -> str:
        """Return a view as HTML; without a total the bar only shows that something goes on."""
        if view.done is not None and view.total is not None:
            bar = f'<progress value="{view.done}" max="{max(view.total, 1)}"></progress> '
        else:
            bar = ""
        return f"<div>{bar}{html.escape(view.text)}</div>"

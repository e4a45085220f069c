"""Progress bars, drawn by whatever is installed."""

import io
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any, List

import pytest

from outpostkit.exceptions import ConfigurationError
from outpostkit.progress import BatchProgress, WaitProgress, finish, progress_bar

WAITING = [
    WaitProgress("me/echo", "deploying", "building", 1.0),
    WaitProgress("me/echo", None, None, 2.0, problem="no [connection]\nCheck it."),
    WaitProgress("me/echo", "healthy", "healthy", 62.0),
]
BATCH = [BatchProgress(1, 0, 4, 0.5), BatchProgress(4, 1, 4, 2.0)]
FETCHING = [
    WaitProgress("me/bert", "deploying", "building", 1.0, message="Looking at the model."),
    WaitProgress(
        "me/bert", "deploying", "building", 2.0, message="Fetching the model: 34 of 83 MB (41 %)."
    ),
    WaitProgress(
        "me/bert", "deploying", "building", 3.0, message="Fetching the model: 83 of 83 MB (100 %)."
    ),
    WaitProgress("me/bert", "healthy", "healthy", 9.0),
]
UNKNOWN_TOTAL = [BatchProgress(7, 0, None, 2.0)]


class Terminal(io.StringIO):
    """Text that goes to a terminal."""

    def isatty(self) -> bool:
        return True


def shown(events: List[Any], file: Any, **options: Any) -> str:
    """What a bar writes."""
    bar = progress_bar(file=file, **options)
    for event in events:
        bar(event)
    bar.finish()
    text: str = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", file.getvalue())
    return text


def test_plain_lines_where_the_output_is_no_terminal() -> None:
    """One for each change of state, and the last one; a batch writes few."""
    assert shown(WAITING, io.StringIO()).splitlines() == [
        "me/echo: deploying (deployment building) [00:01]",
        "me/echo: no answer: no [connection] [00:02]",
        "me/echo: healthy [01:02]",
    ]
    many = [BatchProgress(n, 0, 1000, n / 100) for n in range(1, 1001)]
    assert shown(many, io.StringIO(), description="All").splitlines() == [
        "All: 1/1000 100.0/s [00:00]",
        "All: 1000/1000 100.0/s [00:10]",
    ]


def test_one_plain_line_in_a_terminal() -> None:
    """It is written over, and ended once."""
    text = shown(BATCH, Terminal(), style="plain")

    assert text == ("\rPredictions: 1/4 2.0/s [00:00]\rPredictions: 4/4 2.0/s, 1 failed [00:02]\n")


@pytest.mark.parametrize(
    ("message", "transferred"),
    [
        ("Fetching the model: 34 of 83 MB (41 %).", (34_000_000, 83_000_000)),
        ("Fetching the model: 1,234 of 4,700 MB (26 %)", (1_234_000_000, 4_700_000_000)),
        ("Fetching the model: 1.2 of 9.7 MB (12 %)", (1_200_000, 9_700_000)),
        ("Fetching the model: 900 of 900 bytes (100 %).", (900, 900)),
        ("Fetching the model: 0 of 0 MB.", None),
        ("Copied 3 of 7 files.", None),
        (None, None),
    ],
)
def test_a_line_of_the_log_tells_how_many_bytes_have_come(message: Any, transferred: Any) -> None:
    """Where it says so."""
    progress = WaitProgress("me/bert", "deploying", None, 1.0, message=message)

    assert progress.transferred == transferred


@pytest.mark.parametrize("style", ["rich", "tqdm", "plain"])
def test_a_bar_fills_while_a_model_is_fetched(style: Any) -> None:
    """Before and after, what is going on is said in words."""
    if style != "plain":
        pytest.importorskip(style, reason=f"{style} is not installed")

    text = shown(FETCHING[:3], Terminal(), style=style)
    ended = shown(FETCHING, Terminal(), style=style)

    assert "deploying: Fetching the model" in text
    assert ("83/83 MB deploying" in text) is (style == "plain")
    assert ("83.0/83.0 MB" in text) is (style == "rich")
    assert ("83.0M/83.0M" in text) is (style == "tqdm")
    assert "me/bert" in ended
    assert "healthy" in ended


def test_few_plain_lines_tell_of_a_long_fetch() -> None:
    """In the log of a job, though each look sees another number."""
    fetching = [
        WaitProgress("me/bert", "deploying", None, n / 100, message=f"Fetching: {n} of 1000 MB.")
        for n in range(1, 1001)
    ]

    lines = shown([*fetching, FETCHING[-1]], io.StringIO()).splitlines()

    assert lines[0] == "me/bert: 1/1,000 MB deploying: Fetching [00:00]"
    assert lines[-1] == "me/bert: healthy [00:09]"
    assert len(lines) == 2


@pytest.mark.parametrize("style", ["rich", "tqdm"])
@pytest.mark.parametrize("events", [WAITING, BATCH, UNKNOWN_TOTAL])
def test_bars_of_others_show_the_same(style: Any, events: List[Any]) -> None:
    """State and counts are there, and brackets in a text are no markup."""
    pytest.importorskip(style, reason=f"{style} is not installed")

    text = shown(events, Terminal(), style=style)

    assert ("healthy" in text) is (events is WAITING)
    assert ("4/4" in text) is (events is BATCH)
    assert ("1 failed" in text) is (events is BATCH)
    assert text.endswith("\n")


def test_a_notebook_gets_html(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn in its place, with whatever a server says escaped."""
    drawn: List[str] = []
    handle = SimpleNamespace(update=drawn.append)

    def display(what: str, display_id: bool) -> Any:
        drawn.append(what)
        return handle

    ipython = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", ipython)  # type: ignore[arg-type]  # as much as is used
    shown_by = SimpleNamespace(HTML=str, display=display)
    monkeypatch.setitem(sys.modules, "IPython.display", shown_by)  # type: ignore[arg-type]  # as much as is used

    bar = progress_bar("<b>")
    bar(BATCH[0])
    bar(BATCH[1])
    bar.finish()

    assert drawn == [
        '<div><progress value="1" max="4"></progress> &lt;b&gt;: 1/4 2.0/s [00:00]</div>',
        '<div><progress value="4" max="4"></progress> &lt;b&gt;: 4/4 2.0/s, 1 failed [00:02]</div>',
    ]


def test_a_bar_can_be_used_again_and_need_not_begin() -> None:
    """Finishing twice, or without an event, does nothing; a function has nothing to finish."""
    file = Terminal()
    bar = progress_bar(file=file, style="plain")
    bar.finish()
    bar(BATCH[0])
    bar.finish()
    bar.finish()
    bar(BATCH[1])
    finish(bar)
    finish(print)
    finish(None)

    assert file.getvalue().count("\n") == 2


def test_a_style_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    with pytest.raises(ConfigurationError, match="rich, tqdm"):
        progress_bar(style="fancy")  # type: ignore[arg-type]  # wrong on purpose
    monkeypatch.delitem(sys.modules, "tqdm", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ConfigurationError, match="pip install tqdm"):
        progress_bar(style="tqdm")


def test_nothing_is_imported_before_a_bar_is_drawn() -> None:
    """Not even to choose one."""
    code = (
        "import sys; from outpostkit.progress import progress_bar; progress_bar();"
        "sys.exit(any(name in sys.modules for name in ('rich', 'tqdm', 'IPython')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

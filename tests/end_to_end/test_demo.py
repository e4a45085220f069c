"""``outpostkit demo``, as a newcomer runs it."""

import json
import signal
import subprocess

import pytest

from outpostkit.demo import EXAMPLE_TEXT
from tests.end_to_end.processes import MarkedEnvironment, needs_proc

DEMO = ("outpostkit", "demo")


@needs_proc
@pytest.mark.parametrize("proxies", [{}, {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "[odd"}])
def test_the_demo_prints_a_summary_as_json_and_leaves_nothing_behind(tmp_path, proxies):
    """Standard output is a JSON list of summaries made of sentences of the example text.

    Whatever the network has for proxies: the demo's own server is on this machine.
    """
    marked = MarkedEnvironment()
    environment = {**marked.environment, "HOME": str(tmp_path), **proxies}

    demo = subprocess.run(DEMO, env=environment, capture_output=True, text=True, timeout=300)

    assert demo.returncode == 0, demo.stderr
    [summary] = json.loads(demo.stdout)
    sentences = summary["summary_text"].split(". ")
    assert len(sentences) == 3
    assert all(sentence.rstrip(".") in EXAMPLE_TEXT for sentence in sentences)
    assert "healthy" in demo.stderr
    assert "summarised 1 document(s)" in demo.stderr
    assert marked.left_over() == []
    assert list(tmp_path.iterdir()) == []


# What it says when it begins something, in this order.
MOMENTS = ["Starting a", "ready at", "Creating an", "Deploying it", "Asking for", "Stopping the"]


@needs_proc
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_demo_ended_at_any_moment_leaves_nothing_behind(tmp_path, signum, moment):
    """Ctrl-C, a termination and even a kill end the local Outpost and its workers, too."""
    marked = MarkedEnvironment()
    # Measured, it may hang for ever: coverage writes its data in a handler of SIGTERM, and waits
    # there for a lock that the code which the signal came to has.
    marked.environment.pop("COVERAGE_PROCESS_CONFIG", None)
    with subprocess.Popen(
        DEMO,
        env={**marked.environment, "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        assert demo.stderr is not None
        lines = []
        while not lines or moment not in lines[-1]:
            lines.append(demo.stderr.readline())
            assert lines[-1], f"it never came to {moment!r}: {lines}"
        demo.send_signal(signum)
        said = demo.stderr.read()

    # What it has finished before the signal came is finished.
    assert demo.returncode in {0, 130, -signum}, said
    assert "Traceback" not in said
    assert marked.left_over() == []

"""``outpostkit demo``, as a newcomer runs it."""

import json
import signal
import subprocess
import time

import pytest

from outpostkit.demo import EXAMPLE_TEXT
from tests.end_to_end.processes import MarkedEnvironment, needs_proc

DEMO = ("outpostkit", "demo")


@needs_proc
def test_the_demo_prints_a_summary_as_json_and_leaves_nothing_behind(tmp_path):
    """Standard output is a JSON list of summaries made of sentences of the example text."""
    marked = MarkedEnvironment()
    environment = {**marked.environment, "HOME": str(tmp_path)}

    demo = subprocess.run(DEMO, env=environment, capture_output=True, text=True, timeout=60)

    assert demo.returncode == 0, demo.stderr
    [summary] = json.loads(demo.stdout)
    sentences = summary["summary_text"].split(". ")
    assert len(sentences) == 3
    assert all(sentence.rstrip(".") in EXAMPLE_TEXT for sentence in sentences)
    assert "healthy" in demo.stderr
    assert "summarised 1 document(s)" in demo.stderr
    assert marked.living_after(2) == []
    assert list(tmp_path.iterdir()) == []


@needs_proc
@pytest.mark.parametrize("seconds", [0.1, 0.6, 1.2, 1.8, 2.4])
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_demo_ended_at_any_moment_leaves_nothing_behind(tmp_path, signum, seconds):
    """Ctrl-C, a termination and even a kill end the local Outpost and its workers, too."""
    marked = MarkedEnvironment()
    demo = subprocess.Popen(
        DEMO,
        env={**marked.environment, "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )

    time.sleep(seconds)
    demo.send_signal(signum)
    _, said = demo.communicate(timeout=20)

    assert demo.returncode in {0, 130, -signum}, said.decode()
    assert b"Traceback" not in said
    assert marked.living_after(5) == []

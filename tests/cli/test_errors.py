"""What the command says when something is wrong."""

import os
import subprocess
import sys


def test_an_error_of_the_sdk_is_one_line(tmp_path):
    """The same text as in a program, without a traceback, and a status that is no success."""
    program = (
        "import click, outpostkit, outpostkit.cli.app as app, outpostkit.cli as cli, sys\n"
        "@app.app.result_callback()\n"
        "def ask(*args, **options): outpostkit.Client(api_token='')\n"
        "sys.argv = ['outpostkit', 'profile', 'list']\n"
        "cli.main()\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "HOME": str(tmp_path), "OUTPOST_API_TOKEN": ""},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.stderr

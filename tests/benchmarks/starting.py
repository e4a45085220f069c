"""What a fresh process costs: the import, and everything up to the first answer."""

import os
import statistics
import subprocess
import sys
from typing import Dict, List, Sequence

from tests.benchmarks.table import Line, compare

IMPORTS = {"httpx": "import httpx", "outpostkit": "from outpostkit import Client, Endpoints"}
#: As an installed program has it: with byte code that is kept.
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
FIRST_ANSWERS = {
    "httpx": (
        "import sys, json, httpx; "
        "client = httpx.Client(headers={'Authorization': 'Bearer token'}); "
        "response = client.get(sys.argv[1] + '/user'); response.raise_for_status(); "
        "json.loads(response.content)['name']"
    ),
    "outpostkit": (
        "import sys; from outpostkit import Client, Endpoints; "
        "Client('token', base_url=sys.argv[1]).user.name"
    ),
}


def measure_import(rounds: int) -> Line:
    """Compare the imports, without what Python itself takes."""
    commands = {name: ["-c", statement] for name, statement in IMPORTS.items()}
    return compare("import, CPU", _processes(commands, rounds), unit="ms", scale=1e3, bar=1.15)


def measure_first_answer(base_url: str, rounds: int) -> Line:
    """Compare import, client, connection and first answer, without what Python itself takes."""
    commands = {name: ["-c", program, base_url] for name, program in FIRST_ANSWERS.items()}
    return compare(
        "cold start to the first answer, CPU",
        _processes(commands, rounds),
        unit="ms",
        scale=1e3,
        bar=1.0,
    )


def _processes(commands: Dict[str, List[str]], rounds: int) -> Dict[str, List[float]]:
    for command in commands.values():
        _cpu(command)  # the first run writes the byte code
    bare = statistics.median(_cpu(["-c", "pass"]) for _ in range(rounds))
    samples: Dict[str, List[float]] = {name: [] for name in commands}
    for turn in range(rounds):
        # In turn first and last, so that neither always follows the other.
        for name in sorted(commands, reverse=bool(turn % 2)):
            samples[name].append(_cpu(commands[name]) - bare)
    return samples


def _cpu(arguments: Sequence[str]) -> float:
    """Return the CPU seconds of a new process."""
    process = subprocess.Popen([sys.executable, *arguments], env=_ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{arguments!r} failed")
    return usage.ru_utime + usage.ru_stime

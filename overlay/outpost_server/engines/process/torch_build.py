"""Which build of torch is installed: where there is no GPU, one without CUDA if pip finds it.

On Linux for x86-64 the build that package indexes call ``torch`` brings CUDA, several gigabytes
that nothing here can use. That without is the same version with ``+cpu`` behind it, where an index
has it.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping, Sequence

from outpost_server.engines.engine import Say
from outpost_server.engines.process.commands import CommandFailed, run_command
from outpost_server.engines.requirements import Asked

NOT_FOUND = "No matching distribution found"


def names_torch(asked: Asked) -> bool:
    """Tell whether a requirement is one of torch in a certain version, whatever the build."""
    requirement = asked.package
    if requirement is None:
        return False
    specifiers = list(requirement.specifier)
    return (
        requirement.name.lower() == "torch"
        and requirement.url is None
        and len(specifiers) == 1
        and specifiers[0].operator == "=="
        and specifiers[0].version.replace(".", "").isdigit()
    )


async def install_torch_for_cpus(
    install: list[str],
    requirements: Sequence[Asked],
    say: Say,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Install a build of torch without CUDA if the requirements name one version and there is one.

    ``install`` is the command that the requirements are added to, run with
    ``environment``. Says which build it will be.

    Raises:
        CommandFailed: pip found it and could not install it.
    """
    asked = next((one for one in requirements if names_torch(one)), None)
    if asked is None or sys.platform != "linux" or platform.machine() != "x86_64":
        return
    assert asked.package is not None
    wanted = f"torch=={next(iter(asked.package.specifier)).version}+cpu"
    say(f"Installing {wanted}: this machine has no GPU, so the build without CUDA will do.")
    try:
        await run_command(
            [*install, wanted],
            lambda line: _say_unless_error(line, say),
            environment=environment,
        )
    except CommandFailed as failed:
        if NOT_FOUND not in failed.output:
            raise
        say(
            f"pip finds no {wanted}, so {asked} is installed, which may bring CUDA: several "
            "gigabytes that this machine has no use for. To avoid them, set PIP_EXTRA_INDEX_URL "
            "to an index that has builds of torch for CPUs and start the server again.",
            level="WARNING",
        )


def _say_unless_error(line: str, say: Say) -> None:
    if not line.startswith("ERROR"):
        say(line)

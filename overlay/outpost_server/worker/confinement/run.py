"""Run a program within a confinement: ``python -m ...confinement.run <confinement> command...``."""

from __future__ import annotations

import json
import os
import sys

from outpost_server.worker.confinement.confinement import Confinement


def main() -> None:
    try:
        Confinement.from_values(json.loads(sys.argv[1])).apply()
        os.execv(sys.argv[2], sys.argv[2:])
    except OSError as error:
        sys.exit(f"ERROR: it could not be shut in: {error}")


if __name__ == "__main__":
    main()

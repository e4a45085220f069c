"""Try a confinement: ``python -m outpost_server.worker.confinement <confinement> <file>...``.

Prints what is in the way, nothing when each file can be read within it.
"""

from __future__ import annotations

import json
import sys

from outpost_server.worker.confinement.confinement import Confinement


def main() -> None:
    try:
        Confinement.from_values(json.loads(sys.argv[1])).apply()
        for path in sys.argv[2:]:
            with open(path, "rb"):
                pass
    except OSError as error:
        print(error)


if __name__ == "__main__":
    main()

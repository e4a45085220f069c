"""The server as a process: ``python -m outpostkit.local '<settings as JSON>'``."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from .data_folder import FolderInUse, FolderUnusable
from .server import StartupError, run, set_up_logging
from .settings import Settings, SettingsError
from .store.database import StoreError

REFUSALS = (FolderInUse, FolderUnusable, SettingsError, StartupError, StoreError)


def main() -> int:
    arguments = json.loads(sys.argv[1])
    lifeline = arguments.pop("lifeline", None)
    arguments["data_folder"] = Path(arguments["data_folder"])
    set_up_logging()
    # A terminal that closes ends a server in the foreground as Ctrl-C does.
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        run(Settings(**arguments), lifeline)
    except REFUSALS as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())

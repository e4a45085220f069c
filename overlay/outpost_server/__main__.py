"""The server as a process: ``python -m outpost_server '<settings as JSON>'``."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from outpost_server.keeping.data_folder import DataFolder
from outpost_server.rules.settings import ServerSettings
from outpost_server.running.server import REFUSALS, run
from outpost_server.running.server_log import set_up_logging


def main() -> int:
    arguments = json.loads(sys.argv[1])
    lifeline = arguments.pop("lifeline", None)
    arguments["data_folder"] = Path(arguments["data_folder"])
    try:
        settings = ServerSettings(**arguments)
        set_up_logging(settings.log_format, DataFolder(settings.data_folder).server_log)
        run(settings, lifeline=lifeline)
    except REFUSALS as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    # Everything is closed. Taking the interpreter apart as well would make stopping a third slower.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)

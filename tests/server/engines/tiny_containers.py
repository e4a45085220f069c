"""A server with containers of one small package: ``python tiny_containers.py <data> <wheels>``.

It runs until its input ends. The catalogue is data: a container is a line in its table.
"""

from __future__ import annotations

import sys
from pathlib import Path

from outpost_server.containers.catalogue import CONTAINERS, Container
from outpost_server.rules.settings import ServerSettings
from outpost_server.running.server import run

if __name__ == "__main__":
    wheels = Path(sys.argv[2]).as_uri()
    tiny = (f"tiny-package @ {wheels}/tiny_package-1.0-py3-none-any.whl",)
    deadly = (f"deadly @ {wheels}/deadly-1.0-py3-none-any.whl",)
    endless = (f"endless @ {wheels}/endless-1.0-py3-none-any.whl",)
    quiet = {"TQDM_DISABLE": "1"}
    for container in (
        Container("tiny", "", "", tiny, ("tiny_package",), variables=quiet),
        Container("lacking", "", "", tiny, ("tiny_package", "surely_absent")),
        Container("deadly", "", "", deadly, ("deadly",)),
        Container("endless", "", "", endless, ("endless",)),
        Container("impossible", "", "", (f"absent @ {wheels}/absent-1.0-py3-none-any.whl",)),
    ):
        CONTAINERS[container.name] = container
    settings = ServerSettings(data_folder=Path(sys.argv[1]), gpus=1)
    run(settings, lifeline=0, on_ready=lambda state: print(state.base_url, flush=True))

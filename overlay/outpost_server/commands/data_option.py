"""The option ``--data``, which every command has that concerns one server."""

from __future__ import annotations

from pathlib import Path

import click

from outpost_server.keeping.data_folder import default_data_folder

data_option = click.option(
    "--data",
    "data_folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="OUTPOST_LOCAL_DATA",
    default=default_data_folder,
    show_default="~/.local/share/outpost",
    help="The folder in which the server keeps everything.",
)

"""A logger as 0.0.69 made one for itself and for tools."""

import logging
import os
import tempfile
from typing import Union

#: Where 0.0.69 wrote a log of transfers; nothing writes there any more.
LOG_FOLDER = tempfile.gettempdir()
LOG_FILE = os.path.join(LOG_FOLDER, "outpostkit.log")


def init_outpost_logger(
    name: str, level: Union[str, int] = os.environ.get("LOGLEVEL", "INFO").upper()
) -> logging.Logger:
    """Return the logger ``name`` at a level; the root logger writes to stderr if nobody set it up.

    What the SDK itself logs is a matter of ``OUTPOST_LOG``, not of this.
    """
    logging.basicConfig(format="%(asctime)s %(message)s")
    logger = logging.getLogger(name)
    logger.setLevel(level)
    return logger

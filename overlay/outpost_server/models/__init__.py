"""Finding models, and having their files on this machine before anything loads them.

:mod:`~outpost_server.models.sources` is the table of where models come from.
"""

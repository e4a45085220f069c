"""Home of :mod:`outpostkit._utils.constants`, which earlier versions told people to import from."""

"""What users predict with, as a request carries it.

:mod:`.options` makes the arguments of a request. What is in ``json=`` is written by
:mod:`.encoding` and, where msgspec does not know it, by :mod:`.writing`; single values have the
forms of :mod:`.forms` and :mod:`.libraries`. No library is imported: a value has brought its own.
"""

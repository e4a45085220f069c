"""What makes code written for outpostkit 0.0.46 and 0.0.69 go on working.

Nothing here is loaded by ``import outpostkit``: a module is loaded when an old spelling is used.

========================  =========================================================================
:mod:`.warning`           an old spelling warns once, naming the better one
:mod:`.names`             old names of modules' contents, looked up when they are asked for
:mod:`.fields`            fields under their old names, read and given
:mod:`.constructors`      classes of answers made as before: any keywords, objects from dictionaries
:mod:`.retry_transport`   ``client.RetryTransport``, for programs that build their own httpx client
========================  =========================================================================

Spellings that the README uses are no old spellings: they are not here and never warn.
"""

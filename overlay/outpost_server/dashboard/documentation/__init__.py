"""The page about an endpoint's operations, made from the OpenAPI document of its template.

The document is what somebody's code has written: it is read as data, whatever it looks like, and
the page that shows it is the server's own, without a script.

========  ====================================================
schemas   a JSON schema as rows of a table, words, and an example
reading   the operations of a document
page      asking the endpoint for its document, and the answer
========  ====================================================
"""

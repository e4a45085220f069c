"""What templates may print: values, which a filter turns into source, and code.

A field that holds text of the document says so: it is printed through ``literal``, ``docstring``,
``docstring_text`` or ``comment``, as are tuples and mappings through ``literal``. What is made of
text is text as well (``operation.summary[:40] | comment``). All other fields are code, such as
names and annotations, or a plain yes or no; they are printed as they are.
"""

#: Grows when a view loses a field, or a field or a template gets another meaning. Templates of
#: users may declare the version they are written for, and the manifest names the one in use.
VIEW_VERSION = 2
#: Version of the views -> what is different since the one before, for those who wrote templates.
CHANGES = {
    2: "text is a value, printed through a filter (`{{ operation.id | literal }}`, "
    "`{{ class.docstring | docstring }}`), `idempotent` is None where "
    "the method says it, and some fields have gone",
}

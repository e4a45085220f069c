"""What templates may print. Every field is final Python source text, or a plain yes or no."""

#: Grows when a view loses a field, or a field or a template gets another meaning. Templates of
#: users may declare the version they are written for, and the manifest names the one in use.
VIEW_VERSION = 2

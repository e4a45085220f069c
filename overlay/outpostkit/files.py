"""A door for programs written for 0.0.46 and 0.0.69: files as addresses."""

from outpostkit._published.files import upload_file as upload_file

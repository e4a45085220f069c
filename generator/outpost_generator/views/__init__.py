"""From types and operations to what templates print: Python decides, Jinja prints."""

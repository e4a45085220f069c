"""From views to the text of every file."""

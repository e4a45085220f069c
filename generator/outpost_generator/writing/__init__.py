"""Putting the files in place of those of the last run, whole or not at all."""

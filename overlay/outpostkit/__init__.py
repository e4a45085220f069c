"""Outpost Kit."""

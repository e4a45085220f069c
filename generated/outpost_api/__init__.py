"""Typed low-level client."""

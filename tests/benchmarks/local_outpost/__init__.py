"""Measures of the local Outpost: ``python -m tests.benchmarks.local_outpost``."""

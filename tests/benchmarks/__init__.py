"""Benchmarks: ratios between neighbours in one run, never assertions of the test suite."""

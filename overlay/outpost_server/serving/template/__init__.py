"""Prediction templates before any of them runs: fetching them, and reading what they declare."""

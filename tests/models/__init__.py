"""Every task with a tiny random model, made here and now: ``python -m tests.models``."""

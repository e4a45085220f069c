"""Named environments that prediction templates run in: what is in each, and what it can be told."""

"""What finetunings do: plans without side effects, and the classes for ``async`` code."""

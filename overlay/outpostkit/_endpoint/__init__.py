"""What endpoints do: plans without side effects, and the two classes that carry them out."""

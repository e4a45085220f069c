"""Python for what a document says: names, types, and text as source."""

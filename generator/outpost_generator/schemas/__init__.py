"""From schemas of the normalised document to types, classes and modules."""

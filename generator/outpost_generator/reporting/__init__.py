"""What a run tells people: problems, what became of the document, what is new."""

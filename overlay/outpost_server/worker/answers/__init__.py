"""What a method of a template returns or yields, on its way to JSON."""

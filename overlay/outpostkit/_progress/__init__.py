"""What is reported while something takes long, and how it is drawn."""

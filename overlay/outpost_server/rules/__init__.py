"""What holds everywhere: settings, who may do what, and how an error is said."""

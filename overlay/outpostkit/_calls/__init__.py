"""One call: its request, its attempts and deadline, its answer or error."""

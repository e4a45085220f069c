"""The model hub: asked in a process of its own, under a deadline of our own."""

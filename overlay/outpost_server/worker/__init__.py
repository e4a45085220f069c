"""What runs inside a replica's own process: loads one prediction template and serves it."""

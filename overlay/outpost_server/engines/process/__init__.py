"""The engine that runs every replica in a supervised process of its own on this machine."""

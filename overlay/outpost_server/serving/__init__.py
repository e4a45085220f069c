"""Endpoints at work: their load, their replicas, and how one deployment takes over from another."""

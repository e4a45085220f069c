"""The httpx clients behind ours, and what they heed of httpx."""

"""Requests and answers as OpenAI's API has them, for its clients."""

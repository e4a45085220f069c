"""Endpoints, their deployments and their logs: forms, handlers, and how answers show them."""

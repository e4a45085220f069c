"""The API under ``/v1``: one module per resource, each handler named for its operation."""

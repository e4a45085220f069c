"""Who may see and use an endpoint."""

from outpost_api.models.service_visibility import ServiceVisibility

__all__ = ["ServiceVisibility"]

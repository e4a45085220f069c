"""From a request on an endpoint's domain to one of its replicas and back."""

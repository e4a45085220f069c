"""What the server must not forget: users, endpoints, deployments, secrets and running processes."""

"""What keeps a replica answering, and its answers proper, whatever its template does."""

"""What a caller, or the environment, says of connections: TLS, proxies, options of sockets."""

"""What a replica may use of the machine: memory and processors."""

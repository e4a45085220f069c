"""What outlives the process: the data folder, the store, logs, secrets."""

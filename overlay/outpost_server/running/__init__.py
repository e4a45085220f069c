"""The server as a whole: its process, its sockets, its log, and starting and stopping it."""

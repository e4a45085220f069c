"""``outpostkit local``: the server and its accounts from the command line."""

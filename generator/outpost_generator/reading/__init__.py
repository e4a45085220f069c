"""From files to one document in memory, put right where its meaning is plain."""

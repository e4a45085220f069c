"""Users, teams and their tokens: what is asked about them, and what changes them."""

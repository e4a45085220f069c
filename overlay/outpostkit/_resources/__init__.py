"""What all resources share: how they are addressed, and the values that their methods take."""

"""A door for programs written for 0.0.46 and 0.0.69: classes of the API's objects."""

"""Generating: which responses are missing, and the request for each of their turns."""

"""The list of a run's pairs."""

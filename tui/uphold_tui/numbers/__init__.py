"""The numbers screen of a run."""

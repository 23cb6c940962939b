"""The screen that judges a run."""

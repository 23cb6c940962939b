"""The screen of what is certified of a judge."""

"""The same numbers in several forms: JSON for programs, a page for people."""

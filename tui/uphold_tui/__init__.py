"""The command line and the Textual app of uphold."""

"""The screen of a set's checkpoints: its runs as a history against the blessed one."""

"""The screen of a new checkpoint: its steps, what they cost, and what awaits a reader."""

"""The commands: each says what it takes, runs a step, and prints what came of it."""
